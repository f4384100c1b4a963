namespace Spiffe.Tls;

/// <summary>Which of its identities a process shows its peers.</summary>
public sealed record SvidChoice
{
    private SvidChoice()
    {
    }

    /// <summary>The first one of the Workload API's answer (Workload API, section 8).</summary>
    public static SvidChoice Default { get; } = new();

    /// <summary>None: peers are verified, and get to see no identity.</summary>
    public static SvidChoice None { get; } = new() { IsNone = true };

    /// <summary>The identity must have this SPIFFE ID; null where that does not matter.</summary>
    public SpiffeId? SpiffeId { get; private init; }

    /// <summary>The identity must have this hint; null where that does not matter.</summary>
    public string? Hint { get; private init; }

    internal bool IsNone { get; private init; }

    /// <summary>The first identity with this SPIFFE ID, this hint, or both.</summary>
    public static SvidChoice Of(SpiffeId? spiffeId, string? hint) => new() { SpiffeId = spiffeId, Hint = hint };

    /// <summary>The SVID that is chosen; null where none is wanted.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.SpiffeIdNotFound"/> or <see cref="SpiffeErrorReason.HintNotFound"/>.
    /// </exception>
    internal X509Svid? Choose(IReadOnlyList<X509Svid> svids)
    {
        if (IsNone)
        {
            return null;
        }

        X509Svid[] candidates = [.. svids.Where(svid => SpiffeId is null || svid.SpiffeId == SpiffeId)];
        if (candidates.Length == 0)
        {
            string found = string.Join(", ", svids.Select(svid => $"'{svid.SpiffeId}'").Distinct());
            throw new SpiffeException(
                SpiffeErrorReason.SpiffeIdNotFound, $"This process has no SVID for '{SpiffeId}'. It has: {found}.");
        }

        return candidates.FirstOrDefault(svid => Hint is null || svid.Hint == Hint) ?? throw new SpiffeException(
            SpiffeErrorReason.HintNotFound,
            $"This process has no SVID with the hint {Quoted.Text(Hint!)}. Its hints: {ListHints(candidates)}.");
    }

    private static string ListHints(X509Svid[] svids)
    {
        string list = string.Join(", ", svids.Where(svid => svid.Hint.Length > 0).Select(svid => Quoted.Text(svid.Hint)).Distinct());
        return list.Length > 0 ? list : "none";
    }
}
