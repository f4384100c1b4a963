using System.Runtime.InteropServices;

namespace Spiffe.Transport;

/// <summary>The library's functions. Its header, spiffe_transport.h, says what each does.</summary>
internal static partial class NativeMethods
{
    public const string VersionEntryPoint = "spiffe_transport_version";

    private const string Library = NativeLibraryFile.Name;

    [LibraryImport(Library, EntryPoint = "spiffe_channel_open")]
    public static partial ChannelHandle OpenChannel(ReadOnlySpan<byte> endpoint, int length);

    [LibraryImport(Library, EntryPoint = "spiffe_channel_close")]
    public static partial void CloseChannel(nint channel);

    [LibraryImport(Library, EntryPoint = "spiffe_call_open")]
    public static partial CallHandle OpenCall(
        ChannelHandle channel, ReadOnlySpan<byte> method, int methodLength, ReadOnlySpan<byte> request, int requestLength);

    [LibraryImport(Library, EntryPoint = "spiffe_call_next")]
    public static partial NextResult Next(nint call, out NativeBytes message);

    [LibraryImport(Library, EntryPoint = "spiffe_call_single")]
    public static partial NextResult Single(nint call, out NativeBytes message);

    [LibraryImport(Library, EntryPoint = "spiffe_call_error")]
    public static partial int GetError(nint call, out NativeBytes reason, out NativeBytes message, out NativeBytes detail);

    [LibraryImport(Library, EntryPoint = "spiffe_call_cancel")]
    public static partial void Cancel(CallHandle call);

    [LibraryImport(Library, EntryPoint = "spiffe_call_close")]
    public static partial void CloseCall(nint call);
}
