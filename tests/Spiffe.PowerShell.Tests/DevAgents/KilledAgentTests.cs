using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.DevAgents;

/// <summary>An agent that is killed while streams are open, and another one in its place.</summary>
/// <remarks>A few times, unless the environment variable SPIFFE_KILL_COUNT asks for more.</remarks>
public sealed class KilledAgentTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly ModuleSession _watcher = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");
    private int _agent;

    private static int Deaths => Environment.GetEnvironmentVariable("SPIFFE_KILL_COUNT") is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : 5;

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private string DataPath => Path.Combine(_folder.FullName, "data");

    public void Dispose()
    {
        _session.Run("Stop-SpiffeDevAgent -ProcessId $args[0]", _agent);
        _watcher.Dispose();
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    [Trait("Clause", "A-3")]
    [Trait("Clause", "E-15")]
    public async Task Clients_come_back_by_themselves_and_trust_what_was_kept()
    {
        StartAgent("-DataPath $args[1]");
        PSDataCollection<PSObject> updates = [];
        using PowerShell watch = _watcher.Create("Watch-SpiffeSvid -Count 2 -TimeoutSec 30 -Endpoint $args[0]", SocketPath);
        Task watching = watch.InvokeAsync<PSObject, PSObject>(input: null, updates);
        await Eventually.TrueAsync(() => updates.Count > 0, TestContext.Current.CancellationToken);

        await KillAgentAsync();
        StartAgent("-DataPath $args[1]");
        await watching;

        X509Svid[] svids = [.. updates.Select(update => (X509Svid)((SvidUpdate)update.BaseObject).Svids[0])];
        Assert.Equal(2, svids.Length);
        Assert.NotEqual(svids[0].Thumbprint, svids[1].Thumbprint);
        Assert.Equal(svids[0].Bundle, svids[1].Bundle);
    }

    [Fact]
    [Trait("Clause", "A-3")]
    public async Task Each_death_gives_a_new_state_none_missing_and_none_out_of_order()
    {
        StartAgent();
        PSDataCollection<PSObject> updates = [];
        using PowerShell watch = _watcher.Create(
            $"Watch-SpiffeSvid -Count {Deaths + 1} -TimeoutSec 300 -Endpoint $args[0]", SocketPath);
        Task watching = watch.InvokeAsync<PSObject, PSObject>(input: null, updates);
        List<string> current = [];
        for (int death = 0; death <= Deaths; death++)
        {
            await Eventually.TrueAsync(
                () => updates.Count == current.Count + 1, TestContext.Current.CancellationToken);
            current.Add(_session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", SocketPath).Expect<X509Svid>()[0].Thumbprint);
            if (death < Deaths)
            {
                await KillAgentAsync();
                StartAgent();
            }
        }

        await watching;

        SvidUpdate[] seen = [.. updates.Select(update => (SvidUpdate)update.BaseObject)];
        Assert.Equal(current, seen.Select(update => ((X509Svid)update.Svids[0]).Thumbprint));
        Assert.Equal(Enumerable.Range(1, Deaths + 1).Select(number => (long)number), seen.Select(update => update.SequenceNumber));
    }

    private void StartAgent(string arguments = "") => _agent = (int)Assert.Single(
        _session.Run($"Start-SpiffeDevAgent -Endpoint $args[0] {arguments}", SocketPath, DataPath).Expect<object>()
            .Select(PSObject.AsPSObject)).Properties["ProcessId"].Value;

    private async Task KillAgentAsync()
    {
        using Process process = Process.GetProcessById(_agent);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
