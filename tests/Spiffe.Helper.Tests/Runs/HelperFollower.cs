using Spiffe.Helper;

namespace Spiffe.Tests.Runs;

/// <summary>A run of the helper, of which a test waits for one event after the other.</summary>
internal sealed class HelperFollower : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly IAsyncEnumerator<HelperEvent> _events;
    private Task<bool> _next = Task.FromResult(true);

    public HelperFollower(IWorkloadApi api, HelperConfiguration configuration, HelperOptions options) =>
        _events = HelperRun.RunAsync(api, configuration, options, _stop.Token, _cancel.Token).GetAsyncEnumerator(CancellationToken.None);

    public List<HelperEvent> Seen { get; } = [];

    public HelperEvent Current => _events.Current;

    /// <summary>The next event of a kind; those before it are passed over.</summary>
    public async Task<HelperEvent> WaitForAsync(HelperEventKind kind)
    {
        while (await MoveNextAsync().WaitAsync(s_patience, TestContext.Current.CancellationToken))
        {
            Seen.Add(_events.Current);
            if (_events.Current.Kind == kind)
            {
                return _events.Current;
            }
        }

        throw new InvalidOperationException($"The run ended without {kind}: {string.Join(" / ", Seen)}");
    }

    /// <summary>Stops the run in an orderly way; gives its last events.</summary>
    public async Task<IReadOnlyList<HelperEvent>> StopAsync()
    {
        await _stop.CancelAsync();
        List<HelperEvent> last = [];
        while (await MoveNextAsync().WaitAsync(s_patience, TestContext.Current.CancellationToken))
        {
            last.Add(_events.Current);
        }

        return last;
    }

    public Task CancelAsync() => _cancel.CancelAsync();

    public Task<bool> MoveNextAsync() => _next = _events.MoveNextAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _cancel.CancelAsync();
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _events.DisposeAsync();
        _stop.Dispose();
        _cancel.Dispose();
    }
}
