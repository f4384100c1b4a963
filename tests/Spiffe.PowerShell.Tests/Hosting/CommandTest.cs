using Spiffe.Testing;

namespace Spiffe.Tests.Hosting;

/// <summary>A session, and a Workload API that it can ask.</summary>
public abstract class CommandTest : IAsyncLifetime
{
    private protected static readonly TestAuthority Authority = TestAuthority.Create();
    private protected static readonly TestAuthority Foreign = TestAuthority.Create("other.org");
    private protected static readonly TestJwtKey JwtKey = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ScriptedWorkloadApi Server { get; private set; } = null!;

    private protected ModuleSession Session { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ScriptedWorkloadApi.StartAsync();
        Session = new ModuleSession();
    }

    public virtual async ValueTask DisposeAsync()
    {
        Session.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a script in which <c>$args[0]</c> is the server's endpoint.</summary>
    private protected SessionResult Run(string script, params object[] more) => Session.Run(script, [Server.Endpoint, .. more]);
}
