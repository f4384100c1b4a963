namespace Spiffe;

/// <summary>Keeps a key between uses: to build one costs more than to verify a signature, and one is not for two threads at once.</summary>
internal sealed class IdleKey<TKey>
    where TKey : class, IDisposable
{
    private readonly Func<TKey> _create;
    private TKey? _idle;

    public IdleKey(Func<TKey> create) => _create = create;

    /// <summary>The kept key, or a new one while another thread has that.</summary>
    public TKey Take() => Interlocked.Exchange(ref _idle, null) ?? _create();

    /// <summary>Back after use.</summary>
    public void Give(TKey key) => Interlocked.Exchange(ref _idle, key)?.Dispose();
}
