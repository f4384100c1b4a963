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

    public static byte[] Create(X509Svid svid, string password, PfxEncryption encryption)
    {
        PbeParameters parameters = encryption == PfxEncryption.Aes256
            ? new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations)
            : new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, Iterations);
        X509Certificate2Collection certificates = [svid.Certificate, .. svid.Chain];
        return certificates.ExportPkcs12(parameters, password);
    }

    /// <summary>Whether a file opens with the password, is encrypted so, and has this SVID in it and nothing else.</summary>
    public static bool Holds(byte[] content, X509Svid svid, string password, PfxEncryption encryption)
    {
        if (content.AsSpan().IndexOf(encryption == PfxEncryption.Aes256 ? s_aes256 : s_tripleDes) < 0)
        {
            return false;
        }

        // macOS knows no keys without a keychain.
        X509KeyStorageFlags flags = OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
        X509Certificate2Collection found = [];
        try
        {
            found = X509CertificateLoader.LoadPkcs12Collection(content, password, flags);
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
}
