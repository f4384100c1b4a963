using System.Runtime.InteropServices;

namespace Spiffe.Transport;

/// <summary>A channel of the library.</summary>
internal sealed class ChannelHandle : SafeHandle
{
    public ChannelHandle()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.CloseChannel(handle);
        return true;
    }
}
