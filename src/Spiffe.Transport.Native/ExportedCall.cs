using System.Text;
using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>A call, with what its caller may look at until the next message or the end: kept where it does not move.</summary>
internal sealed unsafe class ExportedCall : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly IAgentCall _call;
    private byte[] _message = [];
    private StatusCode _status;
    private byte[] _reason = [];
    private byte[] _words = [];
    private byte[] _detail = [];

    public ExportedCall(ManagedChannel channel, string method, byte[] request) =>
        _call = channel.Open(method, request, _cancellation.Token);

    public NextResult Next(out NativeBytes message) => Wait(_call.NextAsync, out message);

    public NextResult Single(out NativeBytes message) => Wait(_call.SingleAsync!, out message);

    public int GetError(out NativeBytes reason, out NativeBytes message, out NativeBytes detail)
    {
        reason = Lend(_reason);
        message = Lend(_words);
        detail = Lend(_detail);
        return (int)_status;
    }

    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (Exception exception) when (exception is AggregateException or ObjectDisposedException)
        {
            // The call ends all the same: it is what there was to cancel.
        }
    }

    public void Dispose()
    {
        _call.Dispose();
        _cancellation.Dispose();
    }

    private NextResult Wait(Func<ValueTask<byte[]?>> read, out NativeBytes message)
    {
        // A stream may wait for hours, and should not keep the last message in memory meanwhile.
        _message = [];
        message = default;
        try
        {
            if (read().AsTask().GetAwaiter().GetResult() is not { } bytes)
            {
                return NextResult.End;
            }

            _message = Pin(bytes);
            message = Lend(_message);
            return NextResult.Message;
        }
        catch (RpcException exception) when (exception.Status.DebugException is SpiffeException failure)
        {
            Keep(exception.StatusCode, failure, exception.Status.Detail);
        }
        catch (Exception exception)
        {
            Keep(StatusCode.Unknown, new SpiffeException(SpiffeErrorReason.AgentUnavailable, exception.Message), exception.Message);
        }

        return NextResult.Error;
    }

    private void Keep(StatusCode status, SpiffeException failure, string detail)
    {
        _status = status;
        _reason = Pin(Encoding.UTF8.GetBytes(failure.Reason.ToString()));
        _words = Pin(Encoding.UTF8.GetBytes(failure.Message));
        _detail = Pin(Encoding.UTF8.GetBytes(detail));
    }

    private static byte[] Pin(byte[] bytes)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned, 0);
        return pinned;
    }

    /// <summary>Good for as long as the array is: only one that <see cref="Pin"/> made may be lent.</summary>
    private static NativeBytes Lend(byte[] pinned)
    {
        fixed (byte* start = pinned)
        {
            return new NativeBytes(start, pinned.Length);
        }
    }
}
