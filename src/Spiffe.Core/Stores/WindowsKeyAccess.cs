using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Principal;

namespace Spiffe;

/// <summary>Who may use a private key that Windows keeps.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsKeyAccess
{
    // NCRYPT_SECURITY_DESCR_PROPERTY, of which the DACL (DACL_SECURITY_INFORMATION).
    private const string Property = "Security Descr";
    private const CngPropertyOptions Dacl = (CngPropertyOptions)4;

    // FILE_GENERIC_READ: a key is a file, and an account that reads it may use it.
    private const int Read = 0x120089;

    /// <summary>The accounts of these names, which may also be SIDs.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.AccountNotFound"/>: there is none of that name.</exception>
    public static IReadOnlyList<SecurityIdentifier> Resolve(IReadOnlyList<string> accounts) => [.. accounts.Select(Resolve)];

    /// <summary>Lets accounts use the key, beside those that may use it already.</summary>
    public static void Grant(CngKey key, IReadOnlyList<SecurityIdentifier> accounts)
    {
        if (accounts.Count == 0)
        {
            return;
        }

        CommonSecurityDescriptor descriptor = new(
            isContainer: false, isDS: false, key.GetProperty(Property, Dacl).GetValue()!, offset: 0);
        foreach (SecurityIdentifier account in accounts)
        {
            descriptor.DiscretionaryAcl!.AddAccess(
                AccessControlType.Allow, account, Read, InheritanceFlags.None, PropagationFlags.None);
        }

        byte[] content = new byte[descriptor.BinaryLength];
        descriptor.GetBinaryForm(content, offset: 0);
        key.SetProperty(new CngProperty(Property, content, Dacl | CngPropertyOptions.Persist));
    }

    private static SecurityIdentifier Resolve(string account)
    {
        try
        {
            return account.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase)
                ? new SecurityIdentifier(account)
                : (SecurityIdentifier)new NTAccount(account).Translate(typeof(SecurityIdentifier));
        }
        catch (Exception exception) when (exception is IdentityNotMappedException or ArgumentException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.AccountNotFound, $"There is no account {Quoted.Text(account)} on this machine.", exception);
        }
    }
}
