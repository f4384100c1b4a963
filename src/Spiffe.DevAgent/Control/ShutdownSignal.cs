using System.Runtime.InteropServices;

namespace Spiffe.DevAgent;

/// <summary>
/// SIGTERM ends the agent. What a terminal sends to all of its processes does not: Ctrl+C is for the command at the
/// parent's prompt, and where a hang-up ends the parent, the end of the input tells the agent.
/// </summary>
internal sealed class ShutdownSignal : IDisposable
{
    private static readonly PosixSignal[] s_fromTerminal = [PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration[] _ignored;

    public ShutdownSignal()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _source.Cancel();
        });
        _ignored =
        [
            .. s_fromTerminal.Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true)),
        ];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _terminate.Dispose();
        Array.ForEach(_ignored, registration => registration.Dispose());
        _source.Dispose();
    }
}
