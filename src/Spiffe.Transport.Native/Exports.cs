using System.Runtime.InteropServices;
using System.Text;

namespace Spiffe.Transport;

/// <summary>The functions of spiffe_transport.h, which says what each does. No exception leaves any of them.</summary>
internal static unsafe class Exports
{
    [UnmanagedCallersOnly(EntryPoint = NativeMethods.VersionEntryPoint)]
    public static int GetVersion()
    {
        // In .NET 10 ahead of time, two threads that meet in a first static constructor may both fail: they wait by a lock, which
        // reads a setting the first time, and that needs a static constructor, too. Once a setting was read they wait as they should.
        Environment.GetEnvironmentVariable("HOME");
        return NativeLibraryFile.Version;
    }

    [UnmanagedCallersOnly(EntryPoint = "spiffe_channel_open")]
    public static nint OpenChannel(byte* endpoint, int length)
    {
        try
        {
            return Hold(new ManagedChannel(WorkloadApiEndpoint.Parse(ReadText(endpoint, length))));
        }
        catch (Exception)
        {
            return 0;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "spiffe_channel_close")]
    public static void CloseChannel(nint channel) => Release<ManagedChannel>(channel);

    [UnmanagedCallersOnly(EntryPoint = "spiffe_call_open")]
    public static nint OpenCall(nint channel, byte* method, int methodLength, byte* request, int requestLength)
    {
        try
        {
            return Hold(new ExportedCall(
                Get<ManagedChannel>(channel), ReadText(method, methodLength), new ReadOnlySpan<byte>(request, requestLength).ToArray()));
        }
        catch (Exception)
        {
            return 0;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "spiffe_call_next")]
    public static int Next(nint call, NativeBytes* message)
    {
        *message = default;
        return (int)Get<ExportedCall>(call).Next(out *message);
    }

    [UnmanagedCallersOnly(EntryPoint = "spiffe_call_single")]
    public static int Single(nint call, NativeBytes* message)
    {
        *message = default;
        return (int)Get<ExportedCall>(call).Single(out *message);
    }

    [UnmanagedCallersOnly(EntryPoint = "spiffe_call_error")]
    public static int GetError(nint call, NativeBytes* reason, NativeBytes* message, NativeBytes* detail) =>
        Get<ExportedCall>(call).GetError(out *reason, out *message, out *detail);

    [UnmanagedCallersOnly(EntryPoint = "spiffe_call_cancel")]
    public static void Cancel(nint call) => Get<ExportedCall>(call).Cancel();

    [UnmanagedCallersOnly(EntryPoint = "spiffe_call_close")]
    public static void CloseCall(nint call) => Release<ExportedCall>(call);

    private static string ReadText(byte* start, int length) => Encoding.UTF8.GetString(start, length);

    private static nint Hold(object target) => GCHandle.ToIntPtr(GCHandle.Alloc(target));

    private static T Get<T>(nint handle)
        where T : class => (T)GCHandle.FromIntPtr(handle).Target!;

    private static void Release<T>(nint handle)
        where T : class, IDisposable
    {
        try
        {
            Get<T>(handle).Dispose();
        }
        catch (Exception)
        {
            // No caller could handle it, and the handle is released in any case.
        }

        GCHandle.FromIntPtr(handle).Free();
    }
}
