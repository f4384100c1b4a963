using System.Collections.Immutable;

namespace Spiffe.DevAgent;

/// <summary>What is withheld though it is there: SVIDs by their ID, foreign bundles by their trust domain's.</summary>
internal sealed class Redactions
{
    private ImmutableHashSet<SpiffeId> _withheld = [];

    public bool Has(SpiffeId id) => Volatile.Read(ref _withheld).Contains(id);

    public void Add(IEnumerable<SpiffeId> ids) => ImmutableInterlocked.Update(ref _withheld, withheld => withheld.Union(ids));

    public void Clear() => Volatile.Write(ref _withheld, []);
}
