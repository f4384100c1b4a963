namespace Spiffe;

/// <summary>The part of an <c>npipe:</c> address behind the scheme: the name of a pipe of this machine.</summary>
internal static class PipeAddress
{
    private const string Expected = @"expected 'npipe:name', for example 'npipe:spire-agent\public\api'";

    // Windows allows 256 characters for the whole path; \\.\pipe\ takes nine of them.
    private const int MaxLength = 247;

    /// <summary>The name with <c>\</c> between its parts and none before it. It has no escapes: '%' is a character.</summary>
    /// <exception cref="FormatException">The rule that is broken.</exception>
    public static string ReadName(string rest)
    {
        if (rest is ['/', ..])
        {
            throw new FormatException($"it has a '/' before the name; {Expected}");
        }

        foreach (char c in rest)
        {
            if (c is '?' or '#' || char.IsControl(c) || char.IsSurrogate(c))
            {
                throw new FormatException($"it has {Quoted.Character(c)}, which the name of a pipe may not have; {Expected}");
            }
        }

        // SPIRE writes the name of its pipe with a '\' in front.
        string[] parts = (rest is ['\\', .. string tail] ? tail : rest).Split('\\', '/');
        if (parts.Any(part => part is "" or "." or ".."))
        {
            throw new FormatException($"its name is empty, or a part of it is empty, '.' or '..'; {Expected}");
        }

        string name = string.Join('\\', parts);
        if (name.Equals("anonymous", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"its name is 'anonymous', which no pipe may have; {Expected}");
        }

        return name.Length <= MaxLength
            ? name
            : throw new FormatException($"its name has {name.Length} characters; Windows allows {MaxLength}");
    }
}
