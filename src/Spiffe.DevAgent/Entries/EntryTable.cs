using System.Collections.Concurrent;

namespace Spiffe.DevAgent;

/// <summary>Which identities a caller is entitled to.</summary>
internal sealed class EntryTable
{
    private readonly AgentSettings _settings;
    private readonly ConcurrentDictionary<string, Entry> _perUser = new(StringComparer.Ordinal);

    public EntryTable(AgentSettings settings) => _settings = settings;

    /// <summary>The caller's entries, the default identity first; without any configured, one for its user.</summary>
    public IReadOnlyList<Entry> Select(Caller caller) => _settings.Entries.Count > 0
        ? [.. _settings.Entries.Where(entry => entry.Selectors.All(caller.Has))]
        : [_perUser.GetOrAdd(caller.UserName, CreateUserEntry)];

    private Entry CreateUserEntry(string userName) => new(
        SpiffeId.FromPath(_settings.TrustDomain, $"/user/{ToSegment(userName)}"),
        Selectors: [],
        Hint: string.Empty,
        _settings.SvidTtl,
        DnsNames: [],
        KeyType.EcP256);

    /// <summary>A user name may have characters that a path segment may not.</summary>
    private static string ToSegment(string name)
    {
        string segment = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
        return segment is "" or "." or ".." ? "-" : segment;
    }
}
