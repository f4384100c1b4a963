using System.Diagnostics;
using System.Management.Automation;
using Spiffe.Tests.Commands;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.DevAgents;

/// <summary>An agent that is killed while streams are open, and another one in its place.</summary>
[Collection(nameof(EnvironmentTests))]
public sealed class KilledAgentTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly ModuleSession _watcher = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private string DataPath => Path.Combine(_folder.FullName, "data");

    public void Dispose()
    {
        _session.Run("Stop-SpiffeDevAgent");
        _watcher.Dispose();
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    [Trait("Clause", "A-3")]
    [Trait("Clause", "E-15")]
    public async Task Clients_come_back_by_themselves_and_trust_what_was_kept()
    {
        int first = StartAgent();
        PSDataCollection<PSObject> updates = [];
        using PowerShell watch = _watcher.Create("Watch-SpiffeSvid -Count 2 -TimeoutSec 30 -Endpoint $args[0]", SocketPath);
        Task watching = watch.InvokeAsync<PSObject, PSObject>(input: null, updates);
        await Spiffe.Testing.Eventually.TrueAsync(() => updates.Count > 0, TestContext.Current.CancellationToken);

        using (Process agent = Process.GetProcessById(first))
        {
            agent.Kill();
            await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.NotEqual(first, StartAgent());
        await watching;

        X509Svid[] svids = [.. updates.Select(update => (X509Svid)((SvidUpdate)update.BaseObject).Svids[0])];
        Assert.Equal(2, svids.Length);
        Assert.NotEqual(svids[0].Thumbprint, svids[1].Thumbprint);
        Assert.Equal(svids[0].Bundle, svids[1].Bundle);
    }

    private int StartAgent() => (int)Assert.Single(
        _session.Run("Start-SpiffeDevAgent -Endpoint $args[0] -DataPath $args[1]", SocketPath, DataPath).Expect<object>()
            .Select(PSObject.AsPSObject)).Properties["ProcessId"].Value;
}
