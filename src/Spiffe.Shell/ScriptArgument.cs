using System.Text.RegularExpressions;

namespace Spiffe.Shell;

/// <summary>An argument of a script that names a parameter: <c>-Name</c>, or <c>-Name:value</c> with the value behind it.</summary>
internal sealed partial record ScriptArgument(string Name, string? Value)
{
    /// <summary>Null where the argument is a value, as a negative number or a path is.</summary>
    public static ScriptArgument? Parse(string argument) => Form().Match(argument) is { Success: true } match
        ? new ScriptArgument(match.Groups["name"].Value, match.Groups["value"] is { Success: true } value ? value.Value : null)
        : null;

    /// <summary>The parameter as it stands in a command; a switch is set to <c>$true</c> or <c>$false</c> as in pwsh.</summary>
    /// <param name="variable">Where the value is found.</param>
    public string ToText(string variable) => Value?.ToLowerInvariant() switch
    {
        null => Name,
        "$true" or "$false" => $"{Name}:{Value}",
        _ => $"{Name}:{variable}",
    };

    [GeneratedRegex(@"^(?<name>-[A-Za-z_]\w*)(:(?<value>.+))?$", RegexOptions.Singleline)]
    private static partial Regex Form();
}
