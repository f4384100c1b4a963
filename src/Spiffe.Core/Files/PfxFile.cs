using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>X509-SVIDs as PKCS#12 files: the leaf with its private key, and the intermediates; never an authority.</summary>
internal static class PfxFile
{
    // As many for the key, for the certificates and for the check of the whole. .NET reads up to 300,000 each.
    private const int Iterations = 100_000;

    // The contents of an OBJECT IDENTIFIER: aes256-CBC-PAD, and pbeWithSHAAnd3-KeyTripleDES-CBC.
    private static readonly byte[] s_aes256 = Convert.FromHexString("060960864801650304012A");
    private static readonly byte[] s_tripleDes = Convert.FromHexString("060A2A864886F70D010C0103");

    // macOS knows no keys without a keychain.
    private static X509KeyStorageFlags KeyStorage =>
        OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;

    public static byte[] Create(X509Svid svid, string password, PfxEncryption encryption)
    {
        PbeParameters parameters = encryption == PfxEncryption.Aes256
            ? new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations)
            : new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, Iterations);
        X509Certificate2Collection certificates = [svid.Certificate, .. svid.Chain];
        return certificates.ExportPkcs12(parameters, password);
    }

    /// <summary>The one certificate that has a private key, and its intermediates in their order; authorities are passed over.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidFileInvalid"/></exception>
    public static IReadOnlyList<X509Certificate2> Read(byte[] content, string path, string? password)
    {
        X509Certificate2Collection found;
        try
        {
            found = X509CertificateLoader.LoadPkcs12Collection(content, password, KeyStorage | X509KeyStorageFlags.Exportable);
        }
        catch (CryptographicException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.SvidFileInvalid,
                $"The PFX file '{path}' does not open with {(password is null ? "no password" : "this password")}, or it is broken.",
                exception);
        }

        X509Certificate2[] leaves = [.. found.Where(certificate => certificate.HasPrivateKey)];
        if (leaves.Length != 1)
        {
            throw new SpiffeException(
                SpiffeErrorReason.SvidFileInvalid,
                $"The PFX file '{path}' has {leaves.Length} certificates with a private key; expected one.");
        }

        List<X509Certificate2> chain = [leaves[0]];
        while (found.FirstOrDefault(certificate => IsNext(certificate, chain)) is { } next)
        {
            chain.Add(next);
        }

        return chain;
    }

    /// <summary>Whether a file opens with the password, is encrypted so, and has this SVID in it and nothing else.</summary>
    public static bool Holds(byte[] content, X509Svid svid, string password, PfxEncryption encryption)
    {
        if (content.AsSpan().IndexOf(encryption == PfxEncryption.Aes256 ? s_aes256 : s_tripleDes) < 0)
        {
            return false;
        }

        X509Certificate2Collection found = [];
        try
        {
            found = X509CertificateLoader.LoadPkcs12Collection(content, password, KeyStorage);
            return found.Where(certificate => certificate.HasPrivateKey).Select(certificate => certificate.Thumbprint)
                    .SequenceEqual([svid.Thumbprint]) &&
                found.Select(certificate => Convert.ToHexString(certificate.RawDataMemory.Span)).ToHashSet()
                    .SetEquals(svid.Chain.Prepend(svid.Certificate).Select(certificate => Convert.ToHexString(certificate.RawDataMemory.Span)));
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (X509Certificate2 certificate in found)
            {
                certificate.Dispose();
            }
        }
    }

    private static bool IsNext(X509Certificate2 certificate, List<X509Certificate2> chain) =>
        Names(chain[^1].IssuerName, certificate.SubjectName) && !Names(certificate.IssuerName, certificate.SubjectName) &&
        !chain.Contains(certificate);

    private static bool Names(X500DistinguishedName one, X500DistinguishedName other) =>
        one.RawData.AsSpan().SequenceEqual(other.RawData);
}
