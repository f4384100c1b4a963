using System.Runtime.Versioning;

namespace Spiffe;

/// <summary>A mutex that all sessions of Windows know by name. It belongs to a thread: the one that takes it must release it.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsStoreLock : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Mutex _mutex;

    private WindowsStoreLock(Mutex mutex) => _mutex = mutex;

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.Timeout"/>: it was not released in time.</exception>
    public static WindowsStoreLock Take(string name, CancellationToken cancellationToken)
    {
        Mutex mutex = new(initiallyOwned: false, name);
        try
        {
            int first = WaitHandle.WaitAny([mutex, cancellationToken.WaitHandle], s_patience);
            cancellationToken.ThrowIfCancellationRequested();
            return first == 0
                ? new WindowsStoreLock(mutex)
                : throw new SpiffeException(
                    SpiffeErrorReason.Timeout, $"Another process has locked the mutex '{name}' and does not release it.");
        }
        catch (AbandonedMutexException)
        {
            // Its holder was killed, and it is this thread's now; what was left behind is looked for in any case.
            return new WindowsStoreLock(mutex);
        }
        catch
        {
            mutex.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _mutex.ReleaseMutex();
        _mutex.Dispose();
    }
}
