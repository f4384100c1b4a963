using System.Collections.Concurrent;

namespace Spiffe.Commands;

/// <summary>The names in what agents answered to this process, and in what development agents were given, by endpoint.</summary>
internal sealed class SeenNames
{
    private static readonly ConcurrentDictionary<string, SeenNames> s_seen = new();

    private readonly ConcurrentDictionary<string, SeenName> _spiffeIds = new();
    private readonly ConcurrentDictionary<string, SeenName> _hints = new();
    private readonly ConcurrentDictionary<string, SeenName> _trustDomains = new();
    private readonly ConcurrentDictionary<string, SeenName> _audiences = new();
    private long _count;

    public IEnumerable<string> SpiffeIds => InOrder(_spiffeIds);

    public IEnumerable<string> Hints => InOrder(_hints);

    public IEnumerable<string> TrustDomains => InOrder(_trustDomains);

    public IEnumerable<string> Audiences => InOrder(_audiences);

    /// <summary>The names that are known at an endpoint.</summary>
    /// <param name="endpoint">Its canonical form.</param>
    public static SeenNames At(string endpoint) => s_seen.GetOrAdd(endpoint, _ => new SeenNames());

    /// <summary>Notes the names in an answer: SVIDs or bundles; anything else has none.</summary>
    public void Note(object? answer)
    {
        foreach (Svid svid in answer as IEnumerable<Svid> ?? [])
        {
            Add(_trustDomains, svid.TrustDomain.Name);
            Add(svid.SpiffeId.ToString(), svid.Hint);
            foreach (string audience in svid is JwtSvid token ? token.Audience : [])
            {
                Add(_audiences, audience);
            }
        }

        foreach (SpiffeBundle bundle in answer as IEnumerable<SpiffeBundle> ?? [])
        {
            Add(_trustDomains, bundle.TrustDomain.Name);
        }
    }

    /// <summary>Notes the names in the entries that a development agent was given.</summary>
    public void Note(IEnumerable<EntryMessage?>? entries)
    {
        foreach (EntryMessage entry in (entries ?? []).OfType<EntryMessage>())
        {
            Add(entry.SpiffeId, entry.Hint);
        }
    }

    private void Add(string spiffeId, string hint)
    {
        Add(_spiffeIds, spiffeId);
        if (hint is { Length: > 0 })
        {
            Add(_hints, hint);
        }
    }

    private void Add(ConcurrentDictionary<string, SeenName> names, string name)
    {
        if (!names.ContainsKey(name))
        {
            names.TryAdd(name, new SeenName(name, Interlocked.Increment(ref _count)));
        }
    }

    /// <summary>The first seen first, as agents name the default identity first.</summary>
    private static IEnumerable<string> InOrder(ConcurrentDictionary<string, SeenName> names) =>
        names.Values.OrderBy(name => name.Order).Select(name => name.Text);

    private sealed record SeenName(string Text, long Order);
}
