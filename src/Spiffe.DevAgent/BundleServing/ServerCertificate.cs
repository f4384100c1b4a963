using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.DevAgent;

/// <summary>The certificate that a bundle endpoint shows; it is asked for with every connection.</summary>
internal abstract class ServerCertificate
{
    /// <summary>The authority that a client must trust beforehand; null where that is not the agent's to say.</summary>
    public virtual X509Certificate2? Authority => null;

    /// <summary>The certificate of this moment, with its key and what is between it and its root.</summary>
    /// <exception cref="AgentException">There is none now.</exception>
    public abstract SslStreamCertificateContext Find();

    protected static SslStreamCertificateContext CreateContext(
        X509Certificate2 certificate, X509Certificate2Collection? intermediates = null) =>
        SslStreamCertificateContext.Create(MakeUsable(certificate), intermediates, offline: true);

    /// <summary>TLS on Windows takes no key that lives in memory alone.</summary>
    private static X509Certificate2 MakeUsable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
