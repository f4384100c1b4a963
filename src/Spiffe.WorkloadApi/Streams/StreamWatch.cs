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
    private readonly WorkloadApiEndpoint _endpoint;
    private readonly Func<CancellationToken, AsyncServerStreamingCall<TResponse>> _open;
    private readonly Func<TResponse, T> _read;

    public StreamWatch(
        WorkloadApiEndpoint endpoint,
        Func<CancellationToken, AsyncServerStreamingCall<TResponse>> open,
        Func<TResponse, T> read)
    {
        _endpoint = endpoint;
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

    /// <summary>Ends by cancellation, by an exception that retrying cannot resolve, or when the reader stops.</summary>
    /// <remarks>The stream is read on while the reader is busy: what is superseded meanwhile never reaches the reader.</remarks>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        LatestNews<T> news = new();
        Task following = Task.Factory.StartNew(
            () => Follow(news, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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

    /// <summary>Reads stream after stream, until cancellation or an exception that retrying cannot resolve.</summary>
    /// <remarks>On a thread of its own, which waits for each message: one of the pool would be missing there for hours.</remarks>
    private void Follow(LatestNews<T> news, CancellationToken cancellationToken)
    {
        try
        {
            RetryDelay delay = new();
            while (true)
            {
                long opened = Stopwatch.GetTimestamp();
                DateTime? socket = SocketFile.FindTime(_endpoint);
                SpiffeException? failure = ReadStream(news, delay, cancellationToken);
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
                if (SocketFile.WaitForOtherAsync(_endpoint, socket, retryIn, cancellationToken).GetAwaiter().GetResult())
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

    /// <summary>Reads one stream to its end; returns why it ended, or null if the server closed it after a message.</summary>
    private SpiffeException? ReadStream(
        LatestNews<T> news, RetryDelay delay, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<TResponse> call = _open(cancellationToken);
        (TResponse? message, SpiffeException? failure) = NextAsync(call, cancellationToken).GetAwaiter().GetResult();
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
            (message, failure) = NextAsync(call, cancellationToken).GetAwaiter().GetResult();
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
            return await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false)
                ? (call.ResponseStream.Current, null)
                : (null, null);
        }
        catch (Exception exception) when (RpcFailure.Is(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, RpcFailure.Explain(exception, _endpoint));
        }
    }

    private SpiffeException EndedEmpty() => new(
        SpiffeErrorReason.AgentUnavailable, $"The agent at {_endpoint} closed the stream without a message.");

    private SpiffeException Ended() => new(
        SpiffeErrorReason.AgentUnavailable, $"The agent at {_endpoint} closed the stream.");
}
