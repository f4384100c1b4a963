using System.Collections.Immutable;

namespace Spiffe.DevAgent;

/// <summary>The bundles of other trust domains, as far as they are known.</summary>
internal sealed class FederatedBundles
{
    private ImmutableSortedDictionary<string, SpiffeBundle> _current =
        ImmutableSortedDictionary.Create<string, SpiffeBundle>(StringComparer.Ordinal);

    /// <summary>The bundles that go with these identities.</summary>
    public IReadOnlyList<SpiffeBundle> Select(IReadOnlyList<Entry> entries)
    {
        ImmutableSortedDictionary<string, SpiffeBundle> current = Volatile.Read(ref _current);
        return current.IsEmpty || entries.Any(entry => entry.FederatesWith is null)
            ? [.. current.Values]
            : [.. current.Values.Where(bundle => entries.Any(entry => entry.FederatesWith!.Contains(bundle.TrustDomain)))];
    }

    /// <summary>The bundle of a trust domain; null where it is not known.</summary>
    public SpiffeBundle? Find(TrustDomain trustDomain) => Volatile.Read(ref _current).GetValueOrDefault(trustDomain.Name);

    public void Set(SpiffeBundle bundle) =>
        ImmutableInterlocked.Update(ref _current, current => current.SetItem(bundle.TrustDomain.Name, bundle));

    /// <summary>Ends every federation but these.</summary>
    public void Retain(IReadOnlyCollection<TrustDomain> trustDomains) => ImmutableInterlocked.Update(
        ref _current, current => current.RemoveRange(current.Keys.Except(trustDomains.Select(domain => domain.Name)).ToArray()));
}
