using Grpc.Core;

namespace Spiffe.DevAgent;

/// <summary>The streams that clients hold open: each receives every change, and ends when its client leaves or the agent stops.</summary>
internal sealed class OpenStreams
{
    private readonly CallerAccess _access;
    private readonly FaultSwitch _faults;
    private readonly ChangeSignal _changes;
    private readonly IHostApplicationLifetime _lifetime;
    private int _count;

    public OpenStreams(CallerAccess access, FaultSwitch faults, ChangeSignal changes, IHostApplicationLifetime lifetime)
    {
        _access = access;
        _faults = faults;
        _changes = changes;
        _lifetime = lifetime;
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Sends the state now, and again whenever it is another one; a slow client gets the latest.</summary>
    /// <param name="context">The call.</param>
    /// <param name="stream">Where messages go.</param>
    /// <param name="answer">The message for the caller's entries, and when to make it again at the latest.</param>
    public async Task FollowAsync<T>(
        ServerCallContext context,
        IServerStreamWriter<T> stream,
        Func<IReadOnlyList<Entry>, (T Message, DateTimeOffset RenewAt)> answer)
        where T : class
    {
        // The agent's stop does not wait for the client.
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, _lifetime.ApplicationStopping);
        Interlocked.Increment(ref _count);
        try
        {
            await SendAsync(context, stream, answer, source.Token);
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

    private async Task SendAsync<T>(
        ServerCallContext context,
        IServerStreamWriter<T> stream,
        Func<IReadOnlyList<Entry>, (T Message, DateTimeOffset RenewAt)> answer,
        CancellationToken cancellationToken)
        where T : class
    {
        IReadOnlyList<Entry>? entries = null;
        T? sent = null;
        do
        {
            Task change = _changes.Next;
            if (sent is not null)
            {
                await _faults.CommitNowAsync(context, cancellationToken);
            }

            entries = _access.Authorize(context, before: entries);
            (T message, DateTimeOffset renewAt) = answer(entries);
            if (!message.Equals(sent))
            {
                await stream.WriteAsync(message, cancellationToken);
                sent = message;
            }

            if (!_faults.Current.Has(DevAgentFault.CloseStream))
            {
                await ChangeSignal.WaitAsync(change, renewAt, cancellationToken);
            }
        }
        while (!_faults.Current.Has(DevAgentFault.CloseStream));
    }
}
