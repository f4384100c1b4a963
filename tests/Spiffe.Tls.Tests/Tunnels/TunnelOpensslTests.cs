using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Tunnels;

public sealed class TunnelOpensslTests : TunnelTest
{
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Openssl_s_client_asks_a_plain_service_through_a_tunnel(string version)
    {
        using TemporaryFolder folder = new();
        IssuedSvid issued = Authority.Issue(ShopId);
        string certificate = folder.Write("shop.pem", issued.Leaf.ExportCertificatePem());
        string key = folder.Write("shop.key", PemEncoding.WriteString("PRIVATE KEY", issued.Pkcs8Key));
        string authority = folder.Write("root.pem", Authority.Certificate.ExportCertificatePem());
        RunningTunnel tunnel = Start(Options(TunnelMode.Server, TargetAddress));
        IPEndPoint address = AddressOf(tunnel);
        string[] arguments =
        [
            "s_client", "-quiet", version, "-connect", $"127.0.0.1:{address.Port}", "-cert", certificate, "-key", key,
            "-CAfile", authority, "-verify_return_error",
        ];
        using Process client = Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            await client.StandardInput.WriteAsync("question");
            await client.StandardInput.FlushAsync(Token);
            using Socket target = await Target.AcceptSocketAsync(Token);
            byte[] question = new byte[100];
            Assert.Equal("question", Encoding.ASCII.GetString(question, 0, await target.ReceiveAsync(question, Token)));
            await target.SendAsync("answer"u8.ToArray(), Token);
            target.Shutdown(SocketShutdown.Send);

            Assert.Equal("answer", await client.StandardOutput.ReadToEndAsync(Token));
            await client.WaitForExitAsync(Token);
        }
        finally
        {
            client.Kill();
        }

        TunnelConnection connection = await ReadOneAsync(tunnel);
        Assert.Equal((ShopId, 6, 8), (connection.PeerId?.ToString(), connection.BytesSent, connection.BytesReceived));
    }
}
