namespace Spiffe.Commands;

/// <summary>Where the module's binaries lie.</summary>
internal static class ModuleFolder
{
    public static string Path { get; } =
        System.IO.Path.GetDirectoryName(typeof(ModuleFolder).Assembly.Location)!;
}
