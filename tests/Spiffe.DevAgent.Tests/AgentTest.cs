extern alias agent;

using System.Net.Sockets;
using agent::Spiffe.DevAgent;
using Grpc.Core;
using Grpc.Net.Client;
using Spiffe.Protocol;

namespace Spiffe.Tests;

/// <summary>An agent in this process, on a real socket, and a client that was generated from the contract.</summary>
public abstract class AgentTest : IAsyncDisposable
{
    private protected static readonly Metadata Header = new() { { "workload.spiffe.io", "true" } };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");
    private Agent? _agent;
    private GrpcChannel? _channel;

    private protected GrpcChannel Channel => _channel!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private protected StringWriter Log { get; } = new();

    private protected int OpenStreams => _agent!.OpenStreams;

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await StopAsync();
        Log.Dispose();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts an agent with more settings than the endpoint, and gives a client of it.</summary>
    private protected async Task<SpiffeWorkloadAPI.SpiffeWorkloadAPIClient> StartAsync(string settings = "")
    {
        string more = settings.Length > 0 ? ", " + settings : "";
        _agent = await Agent.StartAsync(
            SettingsReader.Read($$"""{ "endpoint": "unix://{{SocketPath}}"{{more}} }"""), new AgentLog(Log));
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { ConnectCallback = ConnectAsync },
        });
        return new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(_channel);
    }

    /// <summary>Stops the agent while clients are still connected.</summary>
    private protected async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _agent, null) is { } agent)
        {
            await agent.DisposeAsync();
        }
    }

    private protected static async Task<X509SVIDResponse> FetchAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client)
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call =
            client.FetchX509SVID(new X509SVIDRequest(), Header, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call.ResponseStream.Current;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
