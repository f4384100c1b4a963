using System.Text.Json;
using Spiffe.Testing;

namespace Spiffe.Tests.Pester;

/// <summary>A run of the Pester files by PowerShell processes that share the work.</summary>
/// <remarks>Of all files, unless the environment variable SPIFFE_PESTER has a pattern for the names of some, such as <c>Get-*</c>.</remarks>
internal static class PesterRun
{
    public const string Extension = ".Tests.ps1";

    private static readonly string s_folder = Path.Combine(PowerShellRun.Root, "tests", "Pester");
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private static string Pattern => Environment.GetEnvironmentVariable("SPIFFE_PESTER") is { Length: > 0 } pattern ? pattern : "*";

    public static async Task<IReadOnlyList<PesterTest>> RunFilesAsync()
    {
        using TemporaryFolder results = new();
        string[] files = FindFiles(Pattern);
        Assert.NotEmpty(files);
        string list = results.Write("files.txt", string.Join('\n', files));
        ProcessRun[] runs = await Task.WhenAll(
            Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, files.Length)).Select(_ => StartAsync(results.Path, list)));

        string said = string.Concat(runs.Select(run => run.Output + run.Errors));
        return [.. files.SelectMany(file => ReadResults(results.Path, Path.GetFileName(file), said))];
    }

    /// <summary>The longest first, so that none of them is alone at the end.</summary>
    public static string[] FindFiles(string pattern) =>
        [.. Directory.GetFiles(s_folder, pattern + Extension).OrderByDescending(file => new FileInfo(file).Length)];

    private static Task<ProcessRun> StartAsync(string results, string list) => PowerShellRun.StartAsync(
        ["-File", Path.Combine(s_folder, "Invoke-TestFile.ps1"), "-ResultsFolder", results, "-List", list], s_patience);

    private static PesterTest[] ReadResults(string folder, string file, string said)
    {
        string path = Path.Combine(folder, file + ".json");
        PesterTest[] tests = File.Exists(path) ? JsonSerializer.Deserialize<PesterTest[]>(File.ReadAllText(path))! : [];
        return tests.Length > 0 ? tests : [new PesterTest(file, "Failed", $"No test of {file} was run. {said}")];
    }
}
