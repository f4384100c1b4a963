using System.Reflection;

namespace Spiffe.Benchmarks.Streams;

/// <summary>Where the module lies that is measured.</summary>
internal static class Checkout
{
    private static readonly string s_root = typeof(Checkout).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string Manifest => Path.Combine(s_root, "Spiffe.psd1");

    public static string Agent => Path.Combine(s_root, "bin", "devagent", "Spiffe.DevAgent.dll");

    /// <summary>The native library that the build put into the module; empty where it made none.</summary>
    public static string TransportLibrary => Directory
        .EnumerateFiles(Path.Combine(s_root, "bin"), "Spiffe.Transport.Native.*", SearchOption.AllDirectories)
        .FirstOrDefault(file => Path.GetExtension(file) is ".so" or ".dll" or ".dylib") ?? string.Empty;
}
