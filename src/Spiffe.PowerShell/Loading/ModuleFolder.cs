using System.Runtime.InteropServices;

namespace Spiffe.Commands;

/// <summary>Where the module's binaries lie.</summary>
internal static class ModuleFolder
{
    public static string Path { get; } =
        System.IO.Path.GetDirectoryName(typeof(ModuleFolder).Assembly.Location)!;

    /// <summary>What a package has for this operating system and processor only; a build in the checkout has no such folder.</summary>
    public static string ForPlatform { get; } = System.IO.Path.Combine(Path, "runtimes", Platform);

    // Not RuntimeInformation.RuntimeIdentifier: where a distribution has built .NET, it names the distribution.
    private static string Platform
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
