using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Benchmarks.Tls;

/// <summary>Throughput and new connections of two tunnels in a row, ours and ghostunnel's in each order, in turn.</summary>
internal static class TunnelMeasurement
{
    private const string Variable = "SPIFFE_GHOSTUNNEL";
    private const string WebId = "spiffe://example.org/web";
    private const string ShopId = "spiffe://example.org/shop";
    private const int Rounds = 5;
    private const int Connections = 200;
    private const long Bytes = 256 * 1024 * 1024;

    private static readonly TestAuthority s_authority = TestAuthority.Create();

    public static async Task RunAsync()
    {
        using TemporaryFolder folder = new();
        using TcpListener sink = new(IPAddress.Loopback, 0);
        sink.Start();
        _ = SinkAsync(sink);
        List<Chain> chains = [];
        List<IDisposable> running = [];
        try
        {
            int own = StartOwn(TunnelMode.Server, ((IPEndPoint)sink.LocalEndpoint).Port);
            chains.Add(new Chain("ours to ours", StartOwn(TunnelMode.Client, own)));
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } program)
            {
                int other = Start(TunnelMode.Server, ((IPEndPoint)sink.LocalEndpoint).Port);
                chains.Add(new Chain("ghostunnel to ghostunnel", Start(TunnelMode.Client, other)));
                chains.Add(new Chain("ours to ghostunnel", StartOwn(TunnelMode.Client, other)));
                chains.Add(new Chain("ghostunnel to ours", Start(TunnelMode.Client, own)));
                int Start(TunnelMode mode, int target)
                {
                    Ghostunnel tunnel = new(program, folder.Path, mode, target);
                    running.Add(tunnel);
                    return tunnel.Port;
                }
            }
            else
            {
                Console.WriteLine($"{Variable} names no ghostunnel: ours alone.");
            }

            for (int round = 0; round <= Rounds; round++)
            {
                foreach (Chain chain in chains)
                {
                    double megabytes = await SendAsync(chain.Port);
                    double connections = await ConnectAsync(chain.Port);
                    if (round > 0)
                    {
                        chain.Megabytes.Add(megabytes);
                        chain.PerSecond.Add(connections);
                    }
                }
            }

            foreach (Chain chain in chains)
            {
                Console.WriteLine($"{chain.Name}: {Median(chain.Megabytes):0} MB/s, {Median(chain.PerSecond):0} connections a second");
            }
        }
        finally
        {
            running.ForEach(tunnel => tunnel.Dispose());
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>With a host name: with an SVID from files, ghostunnel compares it as well.</summary>
    private static IssuedSvid Issue(TunnelMode mode) => s_authority.Issue(
        new LeafOptions { Uris = [mode == TunnelMode.Client ? ShopId : WebId], DnsNames = ["localhost"] });

    private static int StartOwn(TunnelMode mode, int target)
    {
        IssuedSvid issued = Issue(mode);
        SpiffeBundle bundle = new(TrustDomain.Parse("example.org"), [s_authority.Certificate]);
        X509Svid svid = X509Svid.FromDer(
            SpiffeId.Parse(mode == TunnelMode.Client ? ShopId : WebId), "", isDefault: true, issued.Der, issued.Pkcs8Key, bundle, []);
        TunnelOptions options = new()
        {
            Mode = mode,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Target = new IPEndPoint(IPAddress.Loopback, target),
        };
        PeerRule rule = PeerRule.AllowSpiffeIds(SpiffeId.Parse(mode == TunnelMode.Client ? WebId : ShopId));
        RunningTunnel tunnel = RunningTunnel.Start(options, rule, X509Source.Fixed(svid, [bundle]).GetAsync);
        return IPEndPoint.Parse(tunnel.Describe().Listen["tcp://".Length..]).Port;
    }

    /// <summary>Takes all that comes, and answers each connection's end with one byte.</summary>
    private static async Task SinkAsync(TcpListener listener)
    {
        while (true)
        {
            Socket socket = await listener.AcceptSocketAsync();
            _ = Task.Run(async () =>
            {
                await using NetworkStream stream = new(socket, ownsSocket: true);
                byte[] buffer = new byte[256 * 1024];
                while (await stream.ReadAsync(buffer) > 0)
                {
                }

                await stream.WriteAsync(new byte[1]);
            });
        }
    }

    private static async Task<double> SendAsync(int port)
    {
        byte[] block = new byte[256 * 1024];
        long start = Stopwatch.GetTimestamp();
        await AskAsync(port, async stream =>
        {
            for (long sent = 0; sent < Bytes; sent += block.Length)
            {
                await stream.WriteAsync(block);
            }
        });
        return Bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> ConnectAsync(int port)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Connections; i++)
        {
            await AskAsync(port, stream => stream.WriteAsync(new byte[1]).AsTask());
        }

        return Connections / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task AskAsync(int port, Func<NetworkStream, Task> sendAsync)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using NetworkStream stream = new(socket);
        await sendAsync(stream);
        socket.Shutdown(SocketShutdown.Send);
        await stream.ReadExactlyAsync(new byte[1]);
    }

    private sealed record Chain(string Name, int Port)
    {
        public List<double> Megabytes { get; } = [];

        public List<double> PerSecond { get; } = [];
    }

    /// <summary>A process with an SVID in files.</summary>
    private sealed class Ghostunnel : IDisposable
    {
        private readonly Process _process;

        public Ghostunnel(string program, string folder, TunnelMode mode, int target)
        {
            using (TcpListener listener = new(IPAddress.Loopback, 0))
            {
                listener.Start();
                Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            }

            bool isClient = mode == TunnelMode.Client;
            IssuedSvid issued = Issue(mode);
            string stem = Path.Combine(folder, Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
            File.WriteAllText(stem + ".pem", issued.Leaf.ExportCertificatePem());
            File.WriteAllText(stem + ".key", PemEncoding.WriteString("PRIVATE KEY", issued.Pkcs8Key));
            File.WriteAllText(stem + ".ca", s_authority.Certificate.ExportCertificatePem());
            _process = Process.Start(
                program,
                [
                    "--quiet=all", "--cert", stem + ".pem", "--key", stem + ".key", "--cacert", stem + ".ca", isClient ? "client" : "server",
                    "--listen", $"127.0.0.1:{Port}", "--target", $"localhost:{target}",
                    isClient ? "--verify-uri" : "--allow-uri", isClient ? WebId : ShopId,
                ]);
            for (int i = 0; i < 100 && !Answers(); i++)
            {
                Thread.Sleep(50);
            }
        }

        public int Port { get; }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        private bool Answers()
        {
            try
            {
                using TcpClient client = new("127.0.0.1", Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
