using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;

namespace Spiffe.DevAgent;

/// <summary>The user and the groups of a process (its primary access token).</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsToken
{
    private const uint Query = 0x0008;
    private const int TokenGroups = 2;
    private const uint GroupEnabled = 0x00000004;

    /// <summary>The user; null where the token may not be read.</summary>
    public static (string UserSid, string? UserName, WindowsGroup[] Groups)? Read(SafeProcessHandle process)
    {
        if (!OpenProcessToken(process, Query, out SafeAccessTokenHandle token))
        {
            return null;
        }

        using (token)
        {
            using WindowsIdentity identity = new(token.DangerousGetHandle());
            return identity.User is { } user && ReadGroups(token) is { } groups ? (user.Value, FindName(user), groups) : null;
        }
    }

    private static WindowsGroup[]? ReadGroups(SafeAccessTokenHandle token)
    {
        GetTokenInformation(token, TokenGroups, buffer: null, size: 0, out int needed);
        byte[] buffer = new byte[needed];
        fixed (byte* start = buffer)
        {
            if (needed < sizeof(TokenGroup) || !GetTokenInformation(token, TokenGroups, start, needed, out _))
            {
                return null;
            }

            // struct TOKEN_GROUPS { DWORD GroupCount; SID_AND_ATTRIBUTES Groups[]; }, aligned as pointers are.
            WindowsGroup[] groups = new WindowsGroup[*(uint*)start];
            TokenGroup* entries = (TokenGroup*)(start + sizeof(nint));
            for (int i = 0; i < groups.Length; i++)
            {
                SecurityIdentifier sid = new(entries[i].Sid);
                groups[i] = new WindowsGroup(sid.Value, FindName(sid), (entries[i].Attributes & GroupEnabled) != 0);
            }

            return groups;
        }
    }

    private static string? FindName(SecurityIdentifier sid)
    {
        try
        {
            return sid.Translate(typeof(NTAccount)).Value;
        }
        catch (SystemException)
        {
            // What Translate throws: there is no name (IdentityNotMappedException), or no domain controller to ask for it
            // (SystemException itself). The identifier is there all the same.
            return null;
        }
    }

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool OpenProcessToken(SafeProcessHandle process, uint access, out SafeAccessTokenHandle token);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetTokenInformation(
        SafeAccessTokenHandle token, int kind, byte* buffer, int size, out int needed);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TokenGroup
    {
        public readonly nint Sid;
        public readonly uint Attributes;
    }
}
