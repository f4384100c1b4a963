using System.Reflection;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests;

/// <summary>The native library of the build.</summary>
internal static class Library
{
    public static string Path { get; } =
        Directory.Exists(Folder) && Directory.GetFiles(Folder, "Spiffe.*") is [string path] ? path : Folder;

    public static bool Exists => File.Exists(Path);

    private static string Folder => System.IO.Path.Combine(Repository.Bin, "runtimes", typeof(Library).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Platform").Value!, "native");
}
