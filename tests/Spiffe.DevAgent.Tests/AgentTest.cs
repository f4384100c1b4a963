extern alias agent;

using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using agent::Spiffe.DevAgent;
using Grpc.Core;
using Grpc.Net.Client;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>An agent in this process, on a real socket, and a client that was generated from the contract.</summary>
public abstract class AgentTest : IAsyncDisposable
{
    private protected static readonly Metadata Header = new() { { "workload.spiffe.io", "true" } };

    // How long an authority is known before it signs: in tests just long enough for a message of its own.
    private protected static readonly TimeSpan PublishAhead = TimeSpan.FromMilliseconds(500);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");
    private Agent? _agent;
    private GrpcChannel? _channel;

    private protected GrpcChannel Channel => _channel!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private protected LogCapture Log { get; } = new();

    private protected Uri BundleEndpoint => _agent!.BundleEndpointUri!;

    private protected X509Certificate2? BundleEndpointAuthority => _agent!.BundleEndpointAuthority;

    private protected int OpenStreams => _agent!.OpenStreams;

    /// <summary>Files beside the socket.</summary>
    private protected string Folder => _folder.FullName;

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await StopAsync();
        await Log.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts an agent with more settings than the endpoint, and gives a client of it.</summary>
    private protected async Task<SpiffeWorkloadAPI.SpiffeWorkloadAPIClient> StartAsync(
        string settings = "", TimeSpan? publishAhead = null)
    {
        string more = settings.Length > 0 ? ", " + settings : "";
        AgentSettings read = SettingsReader.Read($$"""{ "endpoint": "unix://{{SocketPath}}"{{more}} }""");
        _agent = await Agent.StartAsync(read with { PublishAhead = publishAhead ?? PublishAhead }, new AgentLog(Log));
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectAsync },
        });
        return new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(_channel);
    }

    /// <summary>Sends an update as the parent does, and expects that it is done.</summary>
    private protected void Update(string json) => Assert.Equal("""{"error":null}""", _agent!.Update(json));

    /// <summary>Sends an update that cannot be done; gives what is said of it.</summary>
    private protected string Refuse(string json) =>
        JsonElement.Parse(_agent!.Update(json)).GetProperty("error").GetString()!;

    private protected Task WaitForLogAsync(string word) => Eventually.TrueAsync(
        () => Log.ToString().Contains(word, StringComparison.Ordinal), Token);

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

    private protected static AsyncServerStreamingCall<X509SVIDResponse> Open(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client) =>
        client.FetchX509SVID(new X509SVIDRequest(), Header, cancellationToken: Token);

    private protected static async Task<T> NextAsync<T>(AsyncServerStreamingCall<T> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(Token), "the stream ended");
        return call.ResponseStream.Current;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
