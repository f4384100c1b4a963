using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A private key out of a PEM file: PKCS#8, encrypted or not, PKCS#1 or SEC 1.</summary>
internal sealed class PemPrivateKey : IDisposable
{
    private const string Label = "PRIVATE KEY";
    private const string EncryptedLabel = "ENCRYPTED PRIVATE KEY";
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    private readonly char[] _block;
    private readonly bool _isEncrypted;
    private readonly string _what;

    private PemPrivateKey(char[] block, bool isEncrypted, string what)
    {
        _block = block;
        _isEncrypted = isEncrypted;
        _what = what;
    }

    /// <summary>Takes the key out of a text, which has spaces in its place then; null where there is none.</summary>
    /// <param name="text">All of the file.</param>
    /// <param name="what">The file, as messages name it.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidFileInvalid"/>: there are several.</exception>
    public static PemPrivateKey? Take(Span<char> text, string what)
    {
        PemPrivateKey? key = null;
        for (Span<char> rest = text; PemEncoding.TryFind(rest, out PemFields fields); rest = rest[fields.Location.End..])
        {
            ReadOnlySpan<char> label = rest[fields.Label];
            if (!label.EndsWith(Label, StringComparison.Ordinal))
            {
                continue;
            }

            bool isSecond = key is not null;
            key?.Dispose();
            key = new PemPrivateKey(rest[fields.Location].ToArray(), label is EncryptedLabel, what);
            rest[fields.Location].Fill(' ');
            if (isSecond)
            {
                key.Dispose();
                throw Invalid($"{what} has several private keys; expected one.");
            }
        }

        return key;
    }

    /// <summary>A copy of the certificate that holds this key.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.SvidFileInvalid"/>: it is another certificate's key, it is broken, or the password does not open it;
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/>: neither RSA nor ECDSA.
    /// </exception>
    public X509Certificate2 AttachTo(X509Certificate2 certificate, string? password)
    {
        if (_isEncrypted && password is null)
        {
            throw Invalid($"The private key in {_what} is encrypted, and no password was given.");
        }

        try
        {
            switch (certificate.PublicKey.Oid.Value)
            {
                case Rsa:
                    using (RSA rsa = RSA.Create())
                    {
                        Import(rsa, password);
                        return certificate.CopyWithPrivateKey(rsa);
                    }

                case EllipticCurve:
                    using (ECDsa ecdsa = ECDsa.Create())
                    {
                        Import(ecdsa, password);
                        return certificate.CopyWithPrivateKey(ecdsa);
                    }

                default:
                    throw new SpiffeException(
                        SpiffeErrorReason.NotSupportedHere,
                        $"The certificate has a key of algorithm {certificate.PublicKey.Oid.Value}; RSA and ECDSA can be used here.");
            }
        }
        catch (ArgumentException exception)
        {
            throw Invalid($"The private key in {_what} does not belong to the certificate.", exception);
        }
        catch (CryptographicException exception)
        {
            throw Invalid(
                _isEncrypted
                    ? $"The private key in {_what} does not open with this password, or it is broken."
                    : $"The private key in {_what} is broken, or it does not belong to the certificate.",
                exception);
        }
    }

    public void Dispose() => Array.Clear(_block);

    private void Import(AsymmetricAlgorithm key, string? password)
    {
        if (_isEncrypted)
        {
            key.ImportFromEncryptedPem(_block, password);
        }
        else
        {
            key.ImportFromPem(_block);
        }
    }

    private static SpiffeException Invalid(string message, Exception? innerException = null) =>
        new(SpiffeErrorReason.SvidFileInvalid, message, innerException);
}
