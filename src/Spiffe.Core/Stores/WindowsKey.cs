using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A private key that Windows keeps, because Schannel cannot use one that is in this process only.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsKey
{
    /// <summary>A copy of the certificate that refers to a persisted copy of its key.</summary>
    public static X509Certificate2 Persist(
        X509Certificate2 certificate, string name, bool isMachineKey, InstallationOptions options)
    {
        using ECDsa? ecdsa = certificate.GetECDsaPrivateKey();
        using RSA? rsa = certificate.GetRSAPrivateKey();
        CngKey source = (ecdsa as ECDsaCng)?.Key ?? (rsa as RSACng)?.Key ?? throw NotSupported();
        CngKeyCreationParameters parameters = new()
        {
            Provider = CngProvider.MicrosoftSoftwareKeyStorageProvider,
            ExportPolicy = options.IsExportable
                ? CngExportPolicies.AllowExport | CngExportPolicies.AllowPlaintextExport
                : CngExportPolicies.None,
            KeyCreationOptions = CngKeyCreationOptions.OverwriteExistingKey |
                (isMachineKey ? CngKeyCreationOptions.MachineKey : CngKeyCreationOptions.None),
            Parameters =
            {
                new CngProperty(
                    CngKeyBlobFormat.GenericPrivateBlob.Format,
                    source.Export(CngKeyBlobFormat.GenericPrivateBlob),
                    CngPropertyOptions.None),
            },
        };
        using CngKey persisted = CngKey.Create(AlgorithmOf(source, isEllipticCurve: ecdsa is not null), name, parameters);
        try
        {
            WindowsKeyAccess.Grant(persisted, WindowsKeyAccess.Resolve(options.KeyReaders));
            using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(certificate.RawData);
            return ecdsa is not null ? AttachEcdsa(bare, persisted) : AttachRsa(bare, persisted);
        }
        catch
        {
            persisted.Delete();
            throw;
        }
    }

    /// <summary>Deletes the key that a certificate refers to, if it has that name and so is the module's.</summary>
    public static void Delete(X509Certificate2 certificate, string name)
    {
        using ECDsa? ecdsa = certificate.GetECDsaPrivateKey();
        using RSA? rsa = certificate.GetRSAPrivateKey();
        CngKey? key = (ecdsa as ECDsaCng)?.Key ?? (rsa as RSACng)?.Key;
        if (key?.KeyName == name)
        {
            key.Delete();
        }
    }

    private static X509Certificate2 AttachEcdsa(X509Certificate2 bare, CngKey key)
    {
        using ECDsaCng ecdsa = new(key);
        return bare.CopyWithPrivateKey(ecdsa);
    }

    private static X509Certificate2 AttachRsa(X509Certificate2 bare, CngKey key)
    {
        using RSACng rsa = new(key);
        return bare.CopyWithPrivateKey(rsa);
    }

    private static CngAlgorithm AlgorithmOf(CngKey key, bool isEllipticCurve) => (isEllipticCurve, key.KeySize) switch
    {
        (false, _) => CngAlgorithm.Rsa,
        (true, 256) => CngAlgorithm.ECDsaP256,
        (true, 384) => CngAlgorithm.ECDsaP384,
        (true, 521) => CngAlgorithm.ECDsaP521,
        _ => throw NotSupported(),
    };

    private static SpiffeException NotSupported() => new(
        SpiffeErrorReason.NotSupportedHere, "Windows keeps RSA keys and those of the curves P-256, P-384 and P-521; this SVID has another.");
}
