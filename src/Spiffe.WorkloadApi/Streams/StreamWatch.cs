using System.Diagnostics;
using System.Runtime.CompilerServices;
using Grpc.Core;

namespace Spiffe.WorkloadApi;

/// <summary>Follows one of the API's streams and opens it again when it ends (Workload API, sections 4.2 to 4.5).</summary>
/// <typeparam name="TResponse">The stream's message.</typeparam>
/// <typeparam name="T">What a message means.</typeparam>
internal sealed class StreamWatch<TResponse, T>
    where TResponse : class
    where T : class
{
    private readonly EndpointConnector _connector;
    private readonly Func<CancellationToken, AsyncServerStreamingCall<TResponse>> _open;
    private readonly Func<TResponse, T> _read;

    public StreamWatch(
        EndpointConnector connector,
        Func<CancellationToken, AsyncServerStreamingCall<TResponse>> open,
        Func<TResponse, T> read)
    {
        _connector = connector;
        _open = open;
        _read = read;
    }

    /// <summary>The first message's meaning, and the end of the call.</summary>
    public async Task<T> FetchAsync(CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<TResponse> call = _open(cancellationToken);
        (TResponse? message, SpiffeException? failure) = await NextAsync(call, cancellationToken).ConfigureAwait(false);
        return message is null ? throw failure ?? EndedEmpty() : _read(message);
    }

    /// <summary>Ends by cancellation, by an exception that another try cannot mend, or when the reader stops.</summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RetryDelay delay = new();
        while (true)
        {
            long opened = Stopwatch.GetTimestamp();
            using AsyncServerStreamingCall<TResponse> call = _open(cancellationToken);
            (TResponse? message, SpiffeException? failure) = await NextAsync(call, cancellationToken).ConfigureAwait(false);
            failure ??= message is null ? EndedEmpty() : null;
            while (message is not null)
            {
                WatchEvent<T> news = Read(message);
                if (news.Value is not null)
                {
                    delay.Reset();
                }

                yield return news;
                (message, failure) = await NextAsync(call, cancellationToken).ConfigureAwait(false);
            }

            if (failure?.Reason is SpiffeErrorReason.RequestRejected or SpiffeErrorReason.ProfileNotSupported)
            {
                throw failure;
            }

            bool isReopened = delay.TrySkip(Stopwatch.GetElapsedTime(opened));
            if (isReopened && failure?.Reason != SpiffeErrorReason.NoIdentityIssued)
            {
                continue;
            }

            TimeSpan retryIn = delay.Next();
            yield return WatchEvent<T>.Retrying(failure ?? Ended(), retryIn);
            await Task.Delay(retryIn, cancellationToken).ConfigureAwait(false);
        }
    }

    private WatchEvent<T> Read(TResponse message)
    {
        try
        {
            return WatchEvent<T>.Changed(_read(message));
        }
        catch (SpiffeException exception)
        {
            return WatchEvent<T>.Discarded(exception);
        }
    }

    /// <summary>The next message; neither message nor failure at the stream's regular end.</summary>
    private async Task<(TResponse? Message, SpiffeException? Failure)> NextAsync(
        AsyncServerStreamingCall<TResponse> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)
                ? (call.ResponseStream.Current, null)
                : (null, null);
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, RpcFailure.Explain(exception, _connector));
        }
    }

    private SpiffeException EndedEmpty() => new(
        SpiffeErrorReason.AgentUnavailable, $"The agent at {_connector.Endpoint} closed the stream without a message.");

    private SpiffeException Ended() => new(
        SpiffeErrorReason.AgentUnavailable, $"The agent at {_connector.Endpoint} closed the stream.");
}
