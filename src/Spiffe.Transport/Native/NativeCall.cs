using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>A call of the library. The thread that asks for a message waits in the library until it is there.</summary>
internal sealed class NativeCall : IAgentCall
{
    private readonly CallHandle _call;
    private readonly CancellationTokenRegistration _cancellation;

    public NativeCall(CallHandle call, CancellationToken cancellationToken)
    {
        _call = call;
        _cancellation = cancellationToken.UnsafeRegister(static call => NativeMethods.Cancel((CallHandle)call!), call);
    }

    private delegate NextResult Read(nint call, out NativeBytes message);

    public ValueTask<byte[]?> NextAsync() => new(Wait(NativeMethods.Next));

    public ValueTask<byte[]> SingleAsync() => new(Wait(NativeMethods.Single)!);

    public void Dispose()
    {
        _cancellation.Dispose();
        if (!_call.IsClosed)
        {
            NativeMethods.Cancel(_call);
            _call.Dispose();
        }
    }

    /// <returns>The message's bytes; null at the end.</returns>
    private byte[]? Wait(Read read)
    {
        // Held until what the library lends has been read: another thread may dispose meanwhile.
        bool isHeld = false;
        try
        {
            _call.DangerousAddRef(ref isHeld);
            nint call = _call.DangerousGetHandle();
            return read(call, out NativeBytes message) switch
            {
                NextResult.Message => message.Span.ToArray(),
                NextResult.End => null,
                _ => throw CreateException(call),
            };
        }
        catch (ObjectDisposedException) when (!isHeld)
        {
            // Closed before this thread asked: the same answer as for one that was waiting already.
            throw new RpcException(new Status(StatusCode.Cancelled, "The call was closed."));
        }
        finally
        {
            if (isHeld)
            {
                _call.DangerousRelease();
            }
        }
    }

    private static RpcException CreateException(nint call)
    {
        StatusCode status = (StatusCode)NativeMethods.GetError(
            call, out NativeBytes reason, out NativeBytes message, out NativeBytes detail);
        SpiffeErrorReason cause = Enum.TryParse(reason.ToString(), out SpiffeErrorReason known) ? known : SpiffeErrorReason.AgentUnavailable;
        return new RpcException(new Status(status, detail.ToString(), new SpiffeException(cause, message.ToString())));
    }
}
