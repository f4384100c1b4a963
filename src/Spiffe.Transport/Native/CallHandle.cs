using System.Runtime.InteropServices;

namespace Spiffe.Transport;

/// <summary>A call of the library. Closed only once no thread waits in it.</summary>
internal sealed class CallHandle : SafeHandle
{
    public CallHandle()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.CloseCall(handle);
        return true;
    }
}
