using System.Text;

namespace Spiffe;

/// <summary>The part of a <c>unix:</c> address behind the scheme: an absolute path and nothing else.</summary>
internal static class UnixAddress
{
    // RFC 3986, section 3.3: what a path may have beside letters, digits and '%'.
    private const string PathPunctuation = "/-._~!$&'()*+,;=:@";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="FormatException">The rule that is broken.</exception>
    public static string ReadPath(string rest)
    {
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            rest = rest[2..];
            if (rest is not ['/', ..])
            {
                throw new FormatException(
                    "it has an authority, or nothing, before the path; expected 'unix:///path', with three slashes");
            }
        }

        return rest is ['/', ..]
            ? CheckPath(Unescape(rest))
            : throw new FormatException("its path is not absolute; expected 'unix:///path'");
    }

    /// <summary>Takes the path as the file system has it, without escapes.</summary>
    /// <exception cref="FormatException">No socket can be there.</exception>
    public static string CheckPath(string path)
    {
        if (path.EndsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException("its path names no socket; expected one such as '/run/spire/agent.sock'");
        }

        // sun_path holds 108 bytes on Linux, 104 on macOS, the closing zero included.
        int limit = OperatingSystem.IsMacOS() ? 103 : 107;
        int length = CountBytes(path);
        return length <= limit
            ? path
            : throw new FormatException($"its path has {length} bytes; the operating system allows {limit} for a socket");
    }

    private static int CountBytes(string path)
    {
        try
        {
            return s_utf8.GetByteCount(path);
        }
        catch (EncoderFallbackException exception)
        {
            throw new FormatException("its path has half of a surrogate pair; expected text", exception);
        }
    }

    private static string Unescape(string path)
    {
        byte[] bytes = new byte[path.Length];
        int length = 0;
        for (int i = 0; i < path.Length; i++)
        {
            bytes[length++] = path[i] == '%' ? ReadEscape(path, ref i) : CheckCharacter(path[i]);
        }

        try
        {
            return s_utf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException("its path has escapes that are not UTF-8", exception);
        }
    }

    private static byte ReadEscape(string path, ref int index)
    {
        if (index + 2 >= path.Length || !char.IsAsciiHexDigit(path[index + 1]) || !char.IsAsciiHexDigit(path[index + 2]))
        {
            throw new FormatException("it has a '%' that is not followed by two hexadecimal digits");
        }

        byte value = Convert.FromHexString(path.AsSpan(index + 1, 2))[0];
        index += 2;
        return value;
    }

    private static byte CheckCharacter(char c) => c switch
    {
        '?' => throw new FormatException("it has a query; expected nothing after the path"),
        '#' => throw new FormatException("it has a fragment; expected nothing after the path"),
        _ when char.IsAsciiLetterOrDigit(c) || PathPunctuation.Contains(c, StringComparison.Ordinal) => (byte)c,
        _ => throw new FormatException(
            $"its path has {Quoted.Character(c)}, which a URI may not have; expected its bytes as '%' and two digits"),
    };
}
