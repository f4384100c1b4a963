using System.Diagnostics.CodeAnalysis;

namespace Spiffe;

/// <summary>The name of a trust domain, for example <c>example.org</c> (SPIFFE-ID, section 2.1).</summary>
/// <remarks>Compared byte for byte: the standard knows no other spelling of the same trust domain.</remarks>
public sealed class TrustDomain : IEquatable<TrustDomain>, IComparable<TrustDomain>, IComparable, IParsable<TrustDomain>
{
    /// <summary>The longest name that the standard allows, in bytes.</summary>
    public const int MaxLength = 255;

    internal TrustDomain(string checkedName) => Name = checkedName;

    /// <summary>The name alone, without scheme.</summary>
    public string Name { get; }

    /// <summary>The trust domain's own SPIFFE ID, the one without a path.</summary>
    public SpiffeId Id => new(SpiffeId.Prefix + Name, Name.Length);

    /// <summary>Reads a trust domain name.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.TrustDomainInvalid"/></exception>
    public static TrustDomain Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FindFault(text) is { } fault
            ? throw new SpiffeException(SpiffeErrorReason.TrustDomainInvalid, fault)
            : new TrustDomain(text);
    }

    /// <summary>Reads a trust domain name, or says that it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out TrustDomain result)
    {
        result = text is not null && FindFault(text) is null ? new TrustDomain(text) : null;
        return result is not null;
    }

    static TrustDomain IParsable<TrustDomain>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<TrustDomain>.TryParse(string? s, IFormatProvider? provider, out TrustDomain result) =>
        TryParse(s, out result!);

    /// <inheritdoc/>
    public bool Equals(TrustDomain? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TrustDomain);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Orders names by their bytes.</summary>
    public int CompareTo(TrustDomain? other) => string.CompareOrdinal(Name, other?.Name);

    /// <remarks>PowerShell sorts, groups and compares by this interface; without it, by text and without regard to case.</remarks>
    int IComparable.CompareTo(object? obj) => obj is null or TrustDomain
        ? CompareTo(obj as TrustDomain)
        : throw new ArgumentException($"Expected a {nameof(TrustDomain)}, and it is a {obj.GetType()}.", nameof(obj));

    /// <summary>The name, as in <see cref="Name"/>.</summary>
    public override string ToString() => Name;

    /// <summary>Whether two names are the same, byte for byte.</summary>
    public static bool operator ==(TrustDomain? left, TrustDomain? right) => Equals(left, right);

    /// <summary>Whether two names differ.</summary>
    public static bool operator !=(TrustDomain? left, TrustDomain? right) => !Equals(left, right);

    /// <summary>What is wrong with a name, with what was found and what is allowed; null for a good one.</summary>
    internal static string? FindFault(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return "A trust domain is empty; expected a name such as 'example.org'.";
        }

        int bad = name.IndexOfAnyExcept(SpiffeId.TrustDomainCharacters);
        if (name.Length > MaxLength)
        {
            return $"A trust domain has {name.Length} characters; at most {MaxLength} are allowed.";
        }

        if (bad < 0)
        {
            return null;
        }

        string fault = $"Trust domain {Quoted.Text(name)} has {Quoted.Character(name[bad])} at position {bad}; " +
            "allowed are a-z, 0-9, '.', '-' and '_'.";
        if (char.IsAsciiLetterUpper(name[bad]))
        {
            return fault + " Write it in lower case.";
        }

        return name.StartsWith(SpiffeId.Prefix, StringComparison.Ordinal)
            ? fault + " Use the name alone, without scheme and path."
            : fault;
    }
}
