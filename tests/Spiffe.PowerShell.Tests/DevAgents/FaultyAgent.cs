using System.Management.Automation;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.DevAgents;

/// <summary>One development agent for all tests of a class, a session that breaks it, and one that watches it.</summary>
public sealed class FaultyAgent : IDisposable
{
    private readonly object _processId;

    public FaultyAgent()
    {
        PSObject agent = Assert.Single(Session.Run("Start-SpiffeDevAgent").Output);
        Endpoint = (string)agent.Properties["Endpoint"].Value;
        _processId = agent.Properties["ProcessId"].Value;
    }

    public string Endpoint { get; }

    internal ModuleSession Session { get; } = new();

    internal ModuleSession Watcher { get; } = new();

    public void Update(string arguments) =>
        Session.Run($"Update-SpiffeDevAgent -ProcessId $args[0] {arguments}", _processId).Expect<object>();

    public void Dispose()
    {
        Session.Run("Stop-SpiffeDevAgent -ProcessId $args[0]", _processId);
        Watcher.Dispose();
        Session.Dispose();
    }
}
