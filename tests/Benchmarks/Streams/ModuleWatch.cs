using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Spiffe.Benchmarks.Streams;

/// <summary><c>Watch-SpiffeSvid</c> in the engine: what a user's pipeline gets, when it gets it.</summary>
internal sealed class ModuleWatch : IDisposable
{
    private readonly PowerShell _shell;
    private readonly PSDataCollection<PSObject> _output = [];

    /// <param name="endpoint">The agent's.</param>
    /// <param name="take">Runs in the pipeline: while it does not return, nothing is read.</param>
    public ModuleWatch(string endpoint, Action<SvidUpdate> take)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Checkout.Manifest]);
        _shell = PowerShell.Create(state).AddCommand("Watch-SpiffeSvid").AddParameter("Endpoint", endpoint);
        _output.DataAdded += (_, _) =>
        {
            foreach (PSObject item in _output.ReadAll())
            {
                take((SvidUpdate)item.BaseObject);
            }
        };
        _shell.BeginInvoke<PSObject, PSObject>(null, _output);
    }

    public void Dispose()
    {
        _shell.Stop();
        _shell.Dispose();
        _output.Dispose();
    }
}
