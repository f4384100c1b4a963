namespace Spiffe.Tests.Files;

/// <summary>The pages of docs that show a script.</summary>
internal static class HowTo
{
    /// <summary>The first script of a page, to the letter, but for the module that it imports.</summary>
    public static string ReadScript(string page)
    {
        string text = File.ReadAllText(Path.Combine(PowerShellRun.Root, "docs", page + ".md"));
        const string Start = "```powershell\n";
        int start = text.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        string script = text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
        return script.Replace("'Spiffe'", $"'{Path.Combine(PowerShellRun.Root, "Spiffe.psd1")}'", StringComparison.Ordinal);
    }
}
