using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Spiffe;

/// <summary>A SPIFFE ID, for example <c>spiffe://example.org/web/api</c> (SPIFFE-ID, section 2).</summary>
/// <remarks>Kept and compared byte for byte as it was received; nothing is normalised or decoded.</remarks>
public sealed class SpiffeId : IEquatable<SpiffeId>, IComparable<SpiffeId>, IComparable, IParsable<SpiffeId>
{
    /// <summary>The longest SPIFFE ID that is accepted, in bytes (section 2.3).</summary>
    public const int MaxLength = 2048;

    internal const string Prefix = "spiffe://";

    internal static readonly SearchValues<char> TrustDomainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    private static readonly SearchValues<char> s_segmentCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    private readonly string _text;
    private readonly int _trustDomainLength;
    private TrustDomain? _trustDomain;

    internal SpiffeId(string checkedText, int trustDomainLength)
    {
        _text = checkedText;
        _trustDomainLength = trustDomainLength;
    }

    /// <summary>The whole ID as it was read.</summary>
    public string Text => _text;

    /// <summary>The trust domain that the identity belongs to.</summary>
    public TrustDomain TrustDomain =>
        _trustDomain ??= new TrustDomain(_text.Substring(Prefix.Length, _trustDomainLength));

    /// <summary>The path with its leading slash, or an empty string for the trust domain's own ID.</summary>
    public string Path => _text[(Prefix.Length + _trustDomainLength)..];

    /// <summary>Whether the ID has a path; only such an ID names a workload.</summary>
    public bool HasPath => _text.Length > Prefix.Length + _trustDomainLength;

    /// <summary>Reads a SPIFFE ID from the raw text.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SpiffeIdInvalid"/></exception>
    public static SpiffeId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FindFault(text, out int trustDomainLength) is { } fault
            ? throw new SpiffeException(SpiffeErrorReason.SpiffeIdInvalid, fault)
            : new SpiffeId(text, trustDomainLength);
    }

    /// <summary>Reads a SPIFFE ID, or says that it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out SpiffeId result)
    {
        result = null;
        if (text is not null && FindFault(text, out int trustDomainLength) is null)
        {
            result = new SpiffeId(text, trustDomainLength);
        }

        return result is not null;
    }

    /// <summary>Puts an ID together from a trust domain and a path that starts with a slash, or is empty.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SpiffeIdInvalid"/></exception>
    public static SpiffeId FromPath(TrustDomain trustDomain, string path)
    {
        ArgumentNullException.ThrowIfNull(trustDomain);
        ArgumentNullException.ThrowIfNull(path);
        return path.Length > 0 && path[0] != '/'
            ? throw new SpiffeException(
                SpiffeErrorReason.SpiffeIdInvalid,
                $"Path {Quoted.Text(path)} starts with {Quoted.Character(path[0])}; expected '/'.")
            : Parse(Prefix + trustDomain.Name + path);
    }

    /// <summary>User input with scheme and trust domain in lower case, which is all that may be meant by them (section 2.4).</summary>
    /// <remarks>The path keeps its case. For what a person typed, never for what an SVID, a token or a bundle says.</remarks>
    public static string Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int end = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text.IndexOf('/', Prefix.Length) : 0;
        return end < 0 ? ToLower(text) : string.Concat(ToLower(text.AsSpan(0, end)), text.AsSpan(end));
    }

    static SpiffeId IParsable<SpiffeId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<SpiffeId>.TryParse(string? s, IFormatProvider? provider, out SpiffeId result) =>
        TryParse(s, out result!);

    /// <summary>Whether the ID belongs to <paramref name="trustDomain"/>.</summary>
    public bool IsMemberOf(TrustDomain trustDomain) => TrustDomain.Equals(trustDomain);

    /// <inheritdoc/>
    public bool Equals(SpiffeId? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpiffeId);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Orders IDs by their bytes.</summary>
    public int CompareTo(SpiffeId? other) => string.CompareOrdinal(_text, other?._text);

    /// <remarks>PowerShell sorts, groups and compares by this interface; without it, by text and without regard to case.</remarks>
    int IComparable.CompareTo(object? obj) => obj is null or SpiffeId
        ? CompareTo(obj as SpiffeId)
        : throw new ArgumentException($"Expected a {nameof(SpiffeId)}, and it is a {obj.GetType()}.", nameof(obj));

    /// <summary>The ID and its parts as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "SpiffeId", _text },
        { "TrustDomain", TrustDomain.Name },
        { "Path", Path },
    };

    /// <summary>The ID as it was read.</summary>
    public override string ToString() => _text;

    /// <summary>Whether two IDs are the same, byte for byte.</summary>
    public static bool operator ==(SpiffeId? left, SpiffeId? right) => Equals(left, right);

    /// <summary>Whether two IDs differ.</summary>
    public static bool operator !=(SpiffeId? left, SpiffeId? right) => !Equals(left, right);

    private static string ToLower(ReadOnlySpan<char> text) => string.Create(text.Length, text, (lower, source) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            lower[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | ' ') : source[i];
        }
    });

    /// <summary>What is wrong with an ID, with what was found and what is allowed; null for a good one.</summary>
    private static string? FindFault(ReadOnlySpan<char> text, out int trustDomainLength)
    {
        trustDomainLength = 0;
        if (text.IsEmpty)
        {
            return "A SPIFFE ID is empty; expected 'spiffe://<trust domain>/<path>'.";
        }

        if (text.Length > MaxLength)
        {
            return $"A SPIFFE ID has {text.Length} characters; at most {MaxLength} are allowed.";
        }

        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return $"SPIFFE ID {Quoted.Text(text)} does not start with '{Prefix}'" +
                (text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? "; write the scheme in lower case." : ".");
        }

        ReadOnlySpan<char> rest = text[Prefix.Length..];
        int slash = rest.IndexOf('/');
        ReadOnlySpan<char> name = slash < 0 ? rest : rest[..slash];
        if (TrustDomain.FindFault(name) is { } fault)
        {
            return $"SPIFFE ID {Quoted.Text(text)} is not valid. {fault}";
        }

        trustDomainLength = name.Length;
        return slash < 0 ? null : FindPathFault(text, rest[slash..]);
    }

    private static string? FindPathFault(ReadOnlySpan<char> text, ReadOnlySpan<char> path)
    {
        while (!path.IsEmpty)
        {
            path = path[1..];
            int end = path.IndexOf('/');
            ReadOnlySpan<char> segment = end < 0 ? path : path[..end];
            path = end < 0 ? [] : path[end..];
            if (segment.IsEmpty)
            {
                return end < 0
                    ? $"SPIFFE ID {Quoted.Text(text)} ends with '/'; expected no trailing slash."
                    : $"SPIFFE ID {Quoted.Text(text)} has an empty path segment; expected text between two slashes.";
            }

            if (segment is "." or "..")
            {
                return $"SPIFFE ID {Quoted.Text(text)} has the path segment '{segment}'; relative segments are not allowed.";
            }

            int bad = segment.IndexOfAnyExcept(s_segmentCharacters);
            if (bad >= 0)
            {
                return $"SPIFFE ID {Quoted.Text(text)} has {Quoted.Character(segment[bad])} in its path; " +
                    "allowed in a segment are a-z, A-Z, 0-9, '.', '-' and '_'.";
            }
        }

        return null;
    }
}
