using System.Reflection;
using System.Runtime.InteropServices;

namespace Spiffe.Transport;

/// <summary>The native library: this assembly's managed channel, compiled ahead of time. Not every platform has one.</summary>
internal static class NativeLibraryFile
{
    /// <summary>The name under which <see cref="NativeMethods"/> know the library.</summary>
    public const string Name = "Spiffe.Transport.Native";

    /// <summary>The version of the interface, as the library's header gives it.</summary>
    public const int Version = 1;

    // A host may name another file in AppContext, or none with an empty text: the managed way answers then.
    private const string PathSetting = "Spiffe.Transport.Library";

    private static readonly Lazy<nint> s_library = new(static () => Load(AppContext.GetData(PathSetting) as string ?? DefaultPath));

    static NativeLibraryFile() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraryFile).Assembly, Resolve);

    /// <summary>Whether the library is there and speaks this version; it is loaded when first asked for.</summary>
    public static bool IsLoaded => s_library.Value != 0;

    private static string DefaultPath => Path.Combine(
        Path.GetDirectoryName(typeof(NativeLibraryFile).Assembly.Location)!, "native", Platform, Name + Extension);

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") +
        "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static string Extension => OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";

    /// <summary>Loads a library of this version; 0 where the file is none.</summary>
    internal static unsafe nint Load(string path) =>
        File.Exists(path) &&
        NativeLibrary.TryLoad(path, out nint library) &&
        NativeLibrary.TryGetExport(library, NativeMethods.VersionEntryPoint, out nint version) &&
        ((delegate* unmanaged<int>)version)() == Version
            ? library
            : 0;

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Name ? s_library.Value : 0;
}
