using System.Collections.Frozen;

namespace Spiffe.Tls;

/// <summary>Which peers a side of a TLS connection allows. There is no default: a caller that authenticates a peer must choose.</summary>
/// <remarks>An empty list allows no peer; it never means "all".</remarks>
public sealed class PeerRule : IEquatable<PeerRule>
{
    private readonly FrozenSet<SpiffeId>? _spiffeIds;
    private readonly FrozenSet<TrustDomain>? _trustDomains;

    private PeerRule(FrozenSet<SpiffeId>? spiffeIds, FrozenSet<TrustDomain>? trustDomains)
    {
        _spiffeIds = spiffeIds;
        _trustDomains = trustDomains;
    }

    /// <summary>Any workload of any trust domain whose bundle is known.</summary>
    public static PeerRule AllowAny { get; } = new(spiffeIds: null, trustDomains: null);

    /// <summary>A server with a certificate of the web: verified by the platform, by host name, without a SPIFFE ID.</summary>
    public static PeerRule WebPki { get; } = new(spiffeIds: null, trustDomains: null);

    /// <summary>Workloads with one of these SPIFFE IDs.</summary>
    public static PeerRule AllowSpiffeIds(params IEnumerable<SpiffeId> spiffeIds) => new(spiffeIds.ToFrozenSet(), trustDomains: null);

    /// <summary>Every workload of one of these trust domains.</summary>
    public static PeerRule AllowTrustDomains(params IEnumerable<TrustDomain> trustDomains) =>
        new(spiffeIds: null, trustDomains.ToFrozenSet());

    /// <summary>Whether an identity that was verified may come in; with <see cref="WebPki"/>, none may.</summary>
    public bool Allows(SpiffeId spiffeId)
    {
        ArgumentNullException.ThrowIfNull(spiffeId);
        return _spiffeIds is not null ? _spiffeIds.Contains(spiffeId)
            : _trustDomains is not null ? _trustDomains.Contains(spiffeId.TrustDomain)
            : ReferenceEquals(this, AllowAny);
    }

    /// <summary>Whether both allow the same.</summary>
    public bool Equals(PeerRule? other) =>
        ReferenceEquals(this, other) ||
        (other is not null &&
        ((_spiffeIds is not null && other._spiffeIds is not null && _spiffeIds.SetEquals(other._spiffeIds)) ||
        (_trustDomains is not null && other._trustDomains is not null && _trustDomains.SetEquals(other._trustDomains))));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PeerRule);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_spiffeIds?.Count, _trustDomains?.Count);

    /// <summary>Whom the rule allows, for messages: <c>'spiffe://example.org/web'</c> or <c>any workload of 'example.org'</c>.</summary>
    public override string ToString() => this switch
    {
        { _spiffeIds.Count: 0 } or { _trustDomains.Count: 0 } => "no peer at all",
        { _spiffeIds: { } ids } => string.Join(", ", ids.Select(id => $"'{id}'").Order(StringComparer.Ordinal)),
        { _trustDomains: { } domains } =>
            $"any workload of {string.Join(", ", domains.Select(domain => $"'{domain}'").Order(StringComparer.Ordinal))}",
        _ => ReferenceEquals(this, AllowAny) ? "any workload of a trust domain whose bundle is known" : "any server that the platform trusts for its host name",
    };
}
