namespace Spiffe.WorkloadApi;

/// <summary>How long to wait before the next try: 1 s, doubling to 30 s, each time by up to 20 % more or less.</summary>
internal sealed class RetryDelay
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = s_first;
    private bool _maySkip;
    private bool _wasShort;

    /// <summary>A good message came: what went wrong before no longer counts.</summary>
    public void Reset()
    {
        StartAgain();
        _maySkip = true;
    }

    /// <summary>Another agent is asked from now on: earlier failures say nothing about it.</summary>
    public void StartAgain() => _next = s_first;

    /// <summary>Whether a stream that brought a good message and then ended is opened again at once.</summary>
    /// <param name="lived">How long it was open. Of streams that end as soon as they begin, only the first is worth a hurry.</param>
    public bool TrySkip(TimeSpan lived)
    {
        if (!_maySkip)
        {
            return false;
        }

        bool isShort = lived < s_first;
        bool skip = !(isShort && _wasShort);
        _wasShort = isShort;
        _maySkip = false;
        return skip;
    }

    public TimeSpan Next()
    {
        TimeSpan delay = _next * (0.8 + (Random.Shared.NextDouble() * 0.4));
        _next = _next * 2 < s_longest ? _next * 2 : s_longest;
        return delay;
    }
}
