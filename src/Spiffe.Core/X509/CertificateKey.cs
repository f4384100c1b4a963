using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>What kind of public key a certificate holds.</summary>
internal static class CertificateKey
{
    public static string Describe(X509Certificate2 certificate)
    {
        using ECDsa? ecdsa = certificate.GetECDsaPublicKey();
        if (ecdsa is not null)
        {
            return $"ECDSA {EllipticCurve.Describe(ecdsa.ExportParameters(includePrivateParameters: false).Curve)}";
        }

        using RSA? rsa = certificate.GetRSAPublicKey();
        return rsa is not null
            ? $"RSA {rsa.KeySize}"
            : certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown";
    }
}
