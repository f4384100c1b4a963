using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime;
using Spiffe.Benchmarks.Streams;

namespace Spiffe.Benchmarks.Calls;

/// <summary>
/// What SocketsHttpHandler takes for the first HTTP/2 request of a process, with nothing of gRPC, protobuf or the module around it:
/// no first call on top of it can be quicker.
/// </summary>
internal static class FirstRequestMeasurement
{
    private const string Variable = WorkloadApiEndpoint.EnvironmentVariable;
    private const int Processes = 21;
    private const int PrefixLength = 5;

    /// <summary>Starts one process after the other, and gives the medians.</summary>
    public static async Task RunAsync()
    {
        using AgentProcess? agent = Environment.GetEnvironmentVariable(Variable) is null ? new AgentProcess(entries: 2) : null;
        Times times = new();
        Times compiling = new();
        string methods = string.Empty;
        for (int i = 0; i < Processes; i++)
        {
            using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["first-request-here"])
            {
                RedirectStandardOutput = true,
                Environment = { [Variable] = agent?.Endpoint ?? Environment.GetEnvironmentVariable(Variable) },
            })!;
            string[] figures = (await process.StandardOutput.ReadToEndAsync()).Split();
            await process.WaitForExitAsync();
            times.Add(Milliseconds(figures[0]));
            compiling.Add(Milliseconds(figures[1]));
            methods = figures[2];
        }

        Console.WriteLine($"first request of a process: {times}");
        Console.WriteLine($"compiling in it:            {compiling}; {methods} methods");
    }

    /// <summary>One request; writes milliseconds, those of them spent compiling, and the number of methods compiled.</summary>
    public static async Task RunHereAsync()
    {
        string socketPath = WorkloadApiEndpoint.Parse(Environment.GetEnvironmentVariable(Variable)!).Address;
        long methods = JitInfo.GetCompiledMethodCount();
        TimeSpan compiling = JitInfo.GetCompilationTime();
        long start = Stopwatch.GetTimestamp();
        await SendAsync(socketPath);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        Console.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{time.TotalMilliseconds} {(JitInfo.GetCompilationTime() - compiling).TotalMilliseconds} {JitInfo.GetCompiledMethodCount() - methods}"));
    }

    private static async Task SendAsync(string socketPath)
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using HttpRequestMessage request = new(HttpMethod.Post, "http://localhost/SpiffeWorkloadAPI/FetchX509SVID")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "te", "trailers" }, { "workload.spiffe.io", "true" } },
            // An empty message: not compressed, no bytes.
            Content = new ByteArrayContent(new byte[PrefixLength])
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") },
            },
        };
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Stream content = await response.Content.ReadAsStreamAsync();
        byte[] prefix = new byte[PrefixLength];
        await content.ReadExactlyAsync(prefix);
        await content.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))]);
    }

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(double.Parse(text, CultureInfo.InvariantCulture));
}
