using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>Many runspaces of one process at once, as ForEach-Object -Parallel makes them.</summary>
public sealed class ManyRunspacesTests : IAsyncLifetime
{
    private const int Runspaces = 64;
    private const int Fetches = 100;

    private ScriptedWorkloadApi _server = null!;
    private RunspacePool _pool = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedWorkloadApi.StartAsync();
        _server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(TestAuthority.Create()));
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Repository.Manifest]);
        _pool = RunspaceFactory.CreateRunspacePool(state);
        _pool.SetMaxRunspaces(Runspaces);
        _pool.SetMinRunspaces(Runspaces);
        _pool.Open();
    }

    public async ValueTask DisposeAsync()
    {
        _pool.Dispose();
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task They_share_one_connection_and_none_fails_or_waits_for_another()
    {
        PowerShell[] shells = [.. Create($"1..{Fetches} | ForEach-Object {{ Get-SpiffeX509Svid -Endpoint $args[0] }}"
            .Replace("$args[0]", $"'{_server.Endpoint}'", StringComparison.Ordinal))];

        PSDataCollection<PSObject>[] results = await Task.WhenAll(shells.Select(shell => shell.InvokeAsync()));

        Assert.All(results, result => Assert.Equal(Fetches, result.Count));
        Assert.All(shells, shell => Assert.Empty(shell.Streams.Error));
        Assert.Equal(1, _server.Connections);
        Dispose(shells);
    }

    [Fact]
    public async Task All_of_them_can_be_stopped_at_once()
    {
        PowerShell[] shells = [.. Create($"Watch-SpiffeSvid -Endpoint '{_server.Endpoint}'")];
        IAsyncResult[] running = [.. shells.Select(shell => shell.BeginInvoke())];
        await Eventually.TrueAsync(() => _server.OpenCalls == Runspaces, TestContext.Current.CancellationToken);

        await Task.WhenAll(shells.Select(shell => Task.Run(shell.Stop)));

        Assert.All(running, result => Assert.True(result.IsCompleted));
        await Eventually.TrueAsync(() => _server.OpenCalls == 0, TestContext.Current.CancellationToken);
        Dispose(shells);
    }

    private IEnumerable<PowerShell> Create(string script) => Enumerable.Range(0, Runspaces).Select(_ =>
    {
        PowerShell shell = PowerShell.Create();
        shell.RunspacePool = _pool;
        return shell.AddScript(script);
    });

    private static void Dispose(PowerShell[] shells) => Array.ForEach(shells, shell => shell.Dispose());
}
