namespace Spiffe.DevAgent;

/// <summary>Leaves signals to <see cref="ShutdownSignal"/>: the agent lives as long as its parent wants it to.</summary>
internal sealed class ParentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
