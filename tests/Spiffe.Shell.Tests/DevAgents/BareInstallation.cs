using System.Runtime.InteropServices;
using Spiffe.Testing;

namespace Spiffe.Tests.DevAgents;

/// <summary>An installation of .NET that has no ASP.NET Core.</summary>
public sealed class BareInstallation : IDisposable
{
    private static readonly string s_runtime = System.IO.Path.GetFullPath(RuntimeEnvironment.GetRuntimeDirectory()).TrimEnd('/');

    private readonly TemporaryFolder _folder = new();

    public BareInstallation()
    {
        // Not links: .NET would follow them to the whole installation.
        File.Copy(System.IO.Path.Combine(Whole, "dotnet"), System.IO.Path.Combine(Path, "dotnet"));
        Copy(System.IO.Path.Combine(Whole, "host", "fxr"), SearchOption.AllDirectories);
        Copy(s_runtime, SearchOption.TopDirectoryOnly);
    }

    /// <summary>The installation that the tests run on.</summary>
    public static string Whole { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(s_runtime, "..", "..", ".."));

    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();

    private void Copy(string folder, SearchOption depth)
    {
        foreach (string file in Directory.GetFiles(folder, "*", depth))
        {
            string copy = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(Whole, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
