namespace Spiffe.Shell;

/// <summary>The command line, with the names that pwsh has for the same.</summary>
internal sealed record Arguments
{
    public const string Usage =
        "Usage: Spiffe.Shell [-Command <text> | -File <script.ps1> [argument …]]; without arguments it shows what the module does.";

    public string? Command { get; private init; }

    public string? Script { get; private init; }

    public string[] ScriptArguments { get; private init; } = [];

    public string? Fault { get; private init; }

    public static Arguments Parse(string[] args) => args switch
    {
        [] => new Arguments(),
        [string name, string first, .. string[] rest] when IsName(name, "-Command") =>
            new Arguments { Command = string.Join(' ', [first, .. rest]) },
        [string name, string script, .. string[] rest] when IsName(name, "-File") =>
            File.Exists(script)
                ? new Arguments { Script = Path.GetFullPath(script), ScriptArguments = rest }
                : new Arguments { Fault = $"There is no script '{script}'." },
        [string name, ..] => new Arguments { Fault = $"The argument '{name}' is unknown, or has no value." },
    };

    private static bool IsName(string text, string name) => string.Equals(text, name, StringComparison.OrdinalIgnoreCase);
}
