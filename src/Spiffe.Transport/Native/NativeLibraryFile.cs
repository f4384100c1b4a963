using System.Reflection;
using System.Runtime.InteropServices;

namespace Spiffe.Transport;

/// <summary>The native library: the managed channel of this assembly, compiled ahead of time. Not every platform has one.</summary>
internal static class NativeLibraryFile
{
    /// <summary>The library's name, without what a platform adds to it.</summary>
    public const string Name = "Spiffe.Transport.Native";

    /// <summary>The version of the interface, as in the library's header.</summary>
    public const int Version = 2;

    // A host may name another file in AppContext, or none with an empty text: the managed way answers then.
    private const string PathSetting = "Spiffe.Transport.Library";

    private static readonly nint s_library = AppContext.GetData(PathSetting) is string path
        ? LoadFile(path)
        : NativeLibrary.TryLoad(Name, typeof(NativeLibraryFile).Assembly, DllImportSearchPath.AssemblyDirectory, out nint library)
            ? Accept(library)
            : 0;

    /// <summary>Whether the library is there and speaks this version.</summary>
    public static bool IsLoaded => s_library != 0;

    /// <summary>Loads a library of this version; 0 where the file is none.</summary>
    internal static nint LoadFile(string path) =>
        File.Exists(path) && NativeLibrary.TryLoad(path, out nint library) ? Accept(library) : 0;

    private static unsafe nint Accept(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, NativeMethods.VersionEntryPoint, out nint version) ||
            ((delegate* unmanaged<int>)version)() != Version)
        {
            return 0;
        }

        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryFile).Assembly, Resolve);
        return library;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Name ? s_library : 0;
}
