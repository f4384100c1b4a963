using System.Diagnostics;

namespace Spiffe.Helper;

/// <summary>How long to wait before something is tried again: 1 s, doubling to 60 s.</summary>
internal sealed class RestartDelay
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    private TimeSpan _next = s_first;

    public TimeSpan Next()
    {
        TimeSpan delay = _next;
        _next = _next * 2 < s_longest ? _next * 2 : s_longest;
        return delay;
    }

    /// <summary>A program that has run for longer than the longest delay did not fail at its start.</summary>
    public void NoteRun(long started)
    {
        if (Stopwatch.GetElapsedTime(started) > s_longest)
        {
            Reset();
        }
    }

    public void Reset() => _next = s_first;
}
