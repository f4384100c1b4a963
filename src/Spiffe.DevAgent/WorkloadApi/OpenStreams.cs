using Grpc.Core;

namespace Spiffe.DevAgent;

/// <summary>The streams that clients hold open: each ends when its client leaves or the agent stops.</summary>
internal sealed class OpenStreams
{
    private readonly IHostApplicationLifetime _lifetime;
    private int _count;

    public OpenStreams(IHostApplicationLifetime lifetime) => _lifetime = lifetime;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Runs one stream. The agent's stop does not wait for the client.</summary>
    public async Task RunAsync(ServerCallContext context, Func<CancellationToken, Task> send)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, _lifetime.ApplicationStopping);
        Interlocked.Increment(ref _count);
        try
        {
            await send(source.Token);
        }
        catch (OperationCanceledException) when (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the agent is stopping"));
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The client has what it wanted.
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
