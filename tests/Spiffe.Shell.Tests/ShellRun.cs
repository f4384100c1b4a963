using System.Reflection;
using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>Runs of Spiffe.Shell.</summary>
internal static class ShellRun
{
    private static readonly Dictionary<string, string> s_metadata = typeof(ShellRun).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(attribute => attribute.Key, attribute => attribute.Value!);

    public static string ShellPath => s_metadata["Shell"];

    /// <summary>The folder of the whole project.</summary>
    public static string Root => s_metadata["Root"];

    public static string OldProtobuf => s_metadata["OldProtobuf"];

    public static Task<ProcessRun> CommandAsync(string command) => StartAsync("-Command", command);

    public static Task<ProcessRun> StartAsync(params string[] arguments) =>
        ProcessRun.StartAsync("dotnet", [ShellPath, .. arguments], TestContext.Current.CancellationToken);
}
