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
    /// <remarks>The stream is read on while the reader is busy: what is superseded meanwhile never reaches the reader.</remarks>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        LatestNews<T> news = new();
        Task following = FollowAsync(news, stop.Token);
        try
        {
            while (await news.TakeAsync().ConfigureAwait(false) is { } next)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return next;
            }

            await following.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads stream after stream, until cancellation or an exception that another try cannot mend.</summary>
    private async Task FollowAsync(LatestNews<T> news, CancellationToken cancellationToken)
    {
        try
        {
            RetryDelay delay = new();
            while (true)
            {
                long opened = Stopwatch.GetTimestamp();
                DateTime? socket = SocketFile.FindTime(_connector.Endpoint);
                SpiffeException? failure = await ReadStreamAsync(news, delay, cancellationToken).ConfigureAwait(false);
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
                news.Put(WatchEvent<T>.Retrying(failure ?? Ended(), retryIn));
                if (await SocketFile.WaitForOtherAsync(_connector.Endpoint, socket, retryIn, cancellationToken)
                    .ConfigureAwait(false))
                {
                    delay.StartAgain();
                }
            }
        }
        finally
        {
            news.Complete();
        }
    }

    /// <summary>Reads one stream to its end; gives why it ended, or null where the server closed it behind a message.</summary>
    private async Task<SpiffeException?> ReadStreamAsync(
        LatestNews<T> news, RetryDelay delay, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<TResponse> call = _open(cancellationToken);
        (TResponse? message, SpiffeException? failure) = await NextAsync(call, cancellationToken).ConfigureAwait(false);
        if (message is null)
        {
            return failure ?? EndedEmpty();
        }

        while (message is not null)
        {
            WatchEvent<T> next = Read(message);
            if (next.Value is not null)
            {
                delay.Reset();
            }

            news.Put(next);
            (message, failure) = await NextAsync(call, cancellationToken).ConfigureAwait(false);
        }

        return failure;
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
