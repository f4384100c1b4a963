extern alias client;

using System.Collections;
using client::Spiffe.WorkloadApi;
using Spiffe.Helper;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Runs;

/// <summary>A Workload API on a real socket, a folder, and runs of the helper with both.</summary>
public abstract class RunTest : IAsyncLifetime
{
    private protected const string Web = "spiffe://example.org/web";

    private protected static readonly TestAuthority Authority = TestAuthority.Create();
    private protected static readonly TestAuthority Foreign = TestAuthority.Create("other.org");
    private protected static readonly TestJwtKey JwtKey = new();

    private TaskCompletionSource<X509SVIDResponse?> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ScriptedWorkloadApi Server { get; private set; } = null!;

    private protected IWorkloadApi Api { get; private set; } = null!;

    private protected TemporaryFolder Folder { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Server = await ScriptedWorkloadApi.StartAsync();
        Api = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(Server.Endpoint));
        Server.X509Svids = async (stream, token) =>
        {
            X509SVIDResponse? response = Messages.X509Svids(Messages.X509Svid(Authority, Web, "internal"), Messages.X509Svid(Authority, Web, "external"));
            while (response is not null)
            {
                await stream.WriteAsync(response, token);
                response = await _next.Task.WaitAsync(token);
                _next = new TaskCompletionSource<X509SVIDResponse?>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            throw new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.PermissionDenied, "no identity issued"));
        };
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        Server.JwtSvids = request => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, Web, "internal", [.. request.Audience]) } };
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the helper a new SVID.</summary>
    private protected void Rotate() => Send(Messages.X509Svids(Messages.X509Svid(Authority, Web, "internal"), Messages.X509Svid(Authority, Web, "external")));

    private protected void Send(X509SVIDResponse message) => _next.SetResult(message);

    /// <summary>Takes the identity away.</summary>
    private protected void Withdraw() => _next.SetResult(null);

    private protected string PathOf(string name) => Path.Combine(Folder.Path, name);

    private protected HelperConfiguration Configure(params (string Key, object Value)[] keys)
    {
        Hashtable table = new()
        {
            ["cert_dir"] = Folder.Path,
            ["svid_file_name"] = "svid.pem",
            ["svid_key_file_name"] = "svid_key.pem",
            ["svid_bundle_file_name"] = "bundle.pem",
        };
        foreach ((string key, object value) in keys)
        {
            table[key] = value;
        }

        return HelperConfigurationReader.GetValid(HelperConfigurationReader.Read(table, Folder.Path, isOneShot: null));
    }

    private protected HelperFollower Follow(HelperConfiguration configuration, HelperOptions? options = null) =>
        new(Api, configuration, options ?? new HelperOptions());
}
