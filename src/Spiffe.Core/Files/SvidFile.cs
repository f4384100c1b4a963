using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spiffe;

/// <summary>Reads certificates with their private key from the contents of files: PEM, DER or PKCS#12.</summary>
internal static class SvidFile
{
    /// <summary>The leaf, with its private key where there is one, and its intermediates behind it. Nothing is verified.</summary>
    /// <param name="certificates">What <paramref name="path"/> holds.</param>
    /// <param name="path">The file, as messages name it.</param>
    /// <param name="key">What <paramref name="keyPath"/> holds; null where the key is in the same file, or there is none.</param>
    /// <param name="keyPath">The file of the key.</param>
    /// <param name="password">Opens a PKCS#12 file or an encrypted key; null where there is none.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.SvidFileInvalid"/>, or <see cref="SpiffeErrorReason.NotSupportedHere"/> for other keys than
    /// RSA and ECDSA.
    /// </exception>
    public static IReadOnlyList<X509Certificate2> Parse(
        byte[] certificates, string path, byte[]? key, string? keyPath, string? password)
    {
        if (IsPfx(certificates))
        {
            return key is null
                ? PfxFile.Read(certificates, path, password)
                : throw Invalid($"The PFX file '{path}' has its key in it; '{keyPath}' would be another.");
        }

        bool isDer = CertificateList.IsDer(certificates);
        char[] text = Encoding.Latin1.GetChars(certificates);
        char[] keyText = key is null ? text : Encoding.Latin1.GetChars(key);
        try
        {
            using PemPrivateKey? privateKey = isDer && key is null ? null : PemPrivateKey.Take(keyText, $"'{keyPath ?? path}'");
            if (key is not null && privateKey is null)
            {
                throw Invalid($"The file '{keyPath}' has no private key in PEM.");
            }

            List<X509Certificate2> chain = isDer
                ? CertificateList.ParseDer(certificates, SpiffeErrorReason.SvidFileInvalid, $"The file '{path}'")
                : CertificateList.ParsePem(text, SpiffeErrorReason.SvidFileInvalid, $"The file '{path}'");
            return privateKey is null ? chain : [privateKey.AttachTo(chain[0], password), .. chain.Skip(1)];
        }
        finally
        {
            Array.Clear(text);
            Array.Clear(keyText);
        }
    }

    private static bool IsPfx(byte[] content)
    {
        try
        {
            return CertificateList.IsDer(content) && X509Certificate2.GetCertContentType(content) == X509ContentType.Pfx;
        }
        catch (CryptographicException)
        {
            // What it is, the parser of certificates says.
            return false;
        }
    }

    private static SpiffeException Invalid(string message) => new(SpiffeErrorReason.SvidFileInvalid, message);
}
