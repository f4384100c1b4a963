using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>A Workload API that issues spiffe://example.org/shop, and servers of example.org that ask for a certificate.</summary>
public abstract class PeerCommandTest : CommandTest
{
    private protected const string WebId = "spiffe://example.org/web";
    private protected const string ShopId = "spiffe://example.org/shop";

    private protected static Task<TlsWebServer> StartServerAsync(RequestDelegate? answer = null, string spiffeId = WebId) =>
        TlsWebServer.StartAsync(CreateOptions(Authority, spiffeId), answer);

    /// <summary>Options of a server that takes any client, and that knows nothing of this module.</summary>
    private protected static Func<SslServerAuthenticationOptions> CreateOptions(TestAuthority authority, string spiffeId)
    {
        IssuedSvid issued = authority.Issue(spiffeId);
        string key = System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", issued.Pkcs8Key);
        X509Certificate2 certificate = X509Certificate2.CreateFromPem(issued.Leaf.ExportCertificatePem(), key);
        return () => new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, client, _, _) => client is not null,
        };
    }

    private protected void Issue() => Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Messages.X509Svid(Authority, ShopId)));
}
