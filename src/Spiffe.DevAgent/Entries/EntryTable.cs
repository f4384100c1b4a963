using System.Collections.Concurrent;

namespace Spiffe.DevAgent;

/// <summary>Which identities a caller is entitled to.</summary>
internal sealed class EntryTable
{
    private readonly TrustDomain _trustDomain;
    private readonly TimeSpan _svidTtl;
    private readonly ConcurrentDictionary<string, Entry> _perUser = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<Entry>? _entries;

    /// <param name="trustDomain">Whose identities they are.</param>
    /// <param name="svidTtl">The life of an SVID of which nothing else is said.</param>
    /// <param name="entries">The identities, the default one first; null for one for each local user.</param>
    public EntryTable(TrustDomain trustDomain, TimeSpan svidTtl, IReadOnlyList<Entry>? entries)
    {
        _trustDomain = trustDomain;
        _svidTtl = svidTtl;
        _entries = entries;
    }

    /// <summary>The identities, the default one first; null where each local user has one.</summary>
    public IReadOnlyList<Entry>? Entries => _entries;

    /// <summary>Puts other entries in place; those that stay as they were keep the SVIDs that were issued for them.</summary>
    public void Replace(IReadOnlyList<Entry>? entries)
    {
        Dictionary<Entry, Entry> before = [];
        foreach (Entry entry in _entries ?? [])
        {
            before.TryAdd(entry, entry);
        }

        _entries = entries is null ? null : [.. entries.Select(entry => before.GetValueOrDefault(entry, entry))];
    }

    /// <summary>The caller's entries, the default identity first; without any configured, one for its user.</summary>
    public IReadOnlyList<Entry> Select(Caller caller) => _entries is { } entries
        ? [.. entries.Where(entry => entry.Selectors.All(caller.Has))]
        : [_perUser.GetOrAdd(caller.UserName, CreateUserEntry)];

    private Entry CreateUserEntry(string userName) => new(
        SpiffeId.FromPath(_trustDomain, $"/user/{ToSegment(userName)}"),
        Selectors: [],
        Hint: string.Empty,
        _svidTtl,
        DnsNames: [],
        KeyType.EcP256,
        FederatesWith: null);

    /// <summary>A user name may have characters that a path segment may not.</summary>
    private static string ToSegment(string name)
    {
        string segment = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
        return segment is "" or "." or ".." ? "-" : segment;
    }
}
