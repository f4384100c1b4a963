extern alias client;

using client::Spiffe.WorkloadApi;
using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>A Workload API that says what it is told, and a client of it.</summary>
public abstract class ClientTest : IAsyncLifetime
{
    private protected static readonly TestAuthority Authority = TestAuthority.Create();
    private protected static readonly TestJwtKey JwtKey = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ScriptedWorkloadApi Server { get; private set; } = null!;

    private protected IWorkloadApi Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ScriptedWorkloadApi.StartAsync();
        Client = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(Server.Endpoint));
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static async Task<WatchEvent<T>> NextAsync<T>(IAsyncEnumerator<WatchEvent<T>> watch)
        where T : class =>
        await watch.MoveNextAsync() ? watch.Current : throw new InvalidOperationException("the watch ended");

    private protected IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> Watch() =>
        Client.WatchX509SvidsAsync(Token).GetAsyncEnumerator(Token);
}
