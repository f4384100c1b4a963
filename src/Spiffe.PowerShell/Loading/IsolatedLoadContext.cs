using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Spiffe.Commands;

/// <summary>Keeps the gRPC client and all that it brings apart from what other modules and the host have loaded.</summary>
/// <remarks>Only <c>Spiffe.Core</c> is shared: its types are what both sides talk in.</remarks>
internal sealed class IsolatedLoadContext : AssemblyLoadContext
{
    private static readonly Assembly s_shared = typeof(IWorkloadApi).Assembly;

    private readonly string _folder;

    public IsolatedLoadContext(string folder)
        : base("Spiffe.WorkloadApi") => _folder = folder;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == s_shared.GetName().Name)
        {
            return s_shared;
        }

        string path = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    /// <summary>The client's native library, where there is one for this platform.</summary>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        string path = Path.Combine(ModuleFolder.ForPlatform, "native", unmanagedDllName + extension);
        return File.Exists(path) && NativeLibrary.TryLoad(path, out nint library) ? library : 0;
    }
}
