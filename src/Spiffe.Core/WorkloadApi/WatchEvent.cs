namespace Spiffe;

/// <summary>One event of a watch: a new state, or the reason why there is none.</summary>
/// <typeparam name="T">The state, always whole: it replaces the one before.</typeparam>
public sealed class WatchEvent<T>
    where T : class
{
    private WatchEvent(T? value, SpiffeException? error, TimeSpan? retryIn)
    {
        Value = value;
        Error = error;
        RetryIn = retryIn;
    }

    /// <summary>The new state; null where there is none.</summary>
    public T? Value { get; }

    /// <summary>What went wrong; null with a new state.</summary>
    public SpiffeException? Error { get; }

    /// <summary>The time until the next try. Null with an error means that one message was discarded and the stream continues.</summary>
    public TimeSpan? RetryIn { get; }

    /// <summary>A new state.</summary>
    public static WatchEvent<T> Changed(T value) => new(value, error: null, retryIn: null);

    /// <summary>A message broke a rule and was discarded; the last state still holds.</summary>
    public static WatchEvent<T> Discarded(SpiffeException error) => new(value: null, error, retryIn: null);

    /// <summary>The stream ended and will be opened again.</summary>
    public static WatchEvent<T> Retrying(SpiffeException error, TimeSpan retryIn) => new(value: null, error, retryIn);
}
