using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Testing;

/// <summary>A Workload API whose X509-SVIDs change when a test says so; each stream begins with what there is now.</summary>
public sealed class SvidFeed : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ScriptedWorkloadApi _api;
    private X509SVIDResponse? _message;
    private bool _isWithdrawn;
    private bool _isStopped;
    private TaskCompletionSource _change = CreateChange();

    private SvidFeed(ScriptedWorkloadApi api)
    {
        _api = api;
        api.X509Svids = ServeAsync;
    }

    public string Endpoint => _api.Endpoint;

    /// <summary>How many streams were opened so far.</summary>
    public int Streams => _api.Requests.Count;

    /// <summary>Starts with nothing to say.</summary>
    public static async Task<SvidFeed> StartAsync() => new(await ScriptedWorkloadApi.StartAsync());

    public void Send(X509SVIDResponse message) => Change(message, isWithdrawn: false);

    /// <summary>There is no identity any more: streams end, and new ones are refused.</summary>
    public void Withdraw() => Change(message: null, isWithdrawn: true);

    /// <summary>Stops the agent; a second time does nothing.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _isStopped, value: true) ? ValueTask.CompletedTask : _api.DisposeAsync();

    private static TaskCompletionSource CreateChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(X509SVIDResponse? message, bool isWithdrawn)
    {
        lock (_lock)
        {
            _message = message;
            _isWithdrawn = isWithdrawn;
            _change.SetResult();
            _change = CreateChange();
        }
    }

    private async Task ServeAsync(IServerStreamWriter<X509SVIDResponse> stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            X509SVIDResponse? message;
            lock (_lock)
            {
                if (_isWithdrawn)
                {
                    throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
                }

                message = _message;
                change = _change.Task;
            }

            if (message is not null)
            {
                await stream.WriteAsync(message, cancellationToken);
            }

            await change.WaitAsync(cancellationToken);
        }
    }
}
