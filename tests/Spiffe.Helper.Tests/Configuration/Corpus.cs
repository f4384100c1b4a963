using System.Globalization;
using System.Text.Json;

namespace Spiffe.Tests.Configuration;

/// <summary>Configuration files, and what SPIFFE Helper 0.11.0 did with each (under umask 022, once, with two identities).</summary>
internal static class Corpus
{
    private static readonly JsonDocument s_cases =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "helper-conf.json")));

    public static TheoryData<string> Names => [.. s_cases.RootElement.EnumerateObject().Select(member => member.Name)];

    /// <summary>The file, for a socket and a folder.</summary>
    public static string GetText(string name, string socket, string folder) => s_cases.RootElement.GetProperty(name).GetProperty("text")
        .GetString()!
        .Replace("@SOCKET@", socket, StringComparison.Ordinal)
        .Replace("@DIR@", folder, StringComparison.Ordinal);

    public static bool IsAccepted(string name) => s_cases.RootElement.GetProperty(name).GetProperty("exit").GetInt32() == 0;

    /// <summary>The line and column that SPIFFE Helper names; null where it names none.</summary>
    public static string? GetPlace(string name)
    {
        if (!s_cases.RootElement.GetProperty(name).TryGetProperty("says", out JsonElement says))
        {
            return null;
        }

        string text = says.GetString()!;
        int start = text.IndexOf("At ", StringComparison.Ordinal);
        return start < 0 ? null : string.Join(':', text[(start + 3)..].Split(':').Take(2));
    }

    /// <summary>The files afterwards, with their modes.</summary>
    public static Dictionary<string, UnixFileMode> GetFiles(string name) => s_cases.RootElement.GetProperty(name).GetProperty("files")
        .EnumerateObject()
        .ToDictionary(
            file => file.Name,
            file => (UnixFileMode)Convert.ToInt32(file.Value.GetString()![2..], fromBase: 8),
            StringComparer.Ordinal);

    public static string Describe(IReadOnlyDictionary<string, UnixFileMode> files) => string.Join(
        ", ",
        files.OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Key} {Convert.ToString((int)file.Value, toBase: 8)}")));
}
