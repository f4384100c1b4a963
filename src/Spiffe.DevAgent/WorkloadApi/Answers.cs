using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Spiffe.Protocol;

namespace Spiffe.DevAgent;

/// <summary>Puts the agent's state into messages, each of them the full set (Workload API, section 4.3).</summary>
internal sealed class Answers
{
    private readonly SvidIssuer _issuer;
    private readonly FederatedBundles _federated;
    private readonly Redactions _redactions;

    public Answers(SvidIssuer issuer, FederatedBundles federated, Redactions redactions)
    {
        _issuer = issuer;
        _federated = federated;
        _redactions = redactions;
    }

    /// <summary>The X509-SVIDs of these entries, and when the first of them must be renewed.</summary>
    public (X509SVIDResponse Message, DateTimeOffset RenewAt) X509Svids(IReadOnlyList<Entry> entries)
    {
        // The SVIDs before the bundle: who signs is published by then.
        IssuedX509Svid[] svids = [.. entries.Select(_issuer.GetX509Svid)];
        ByteString bundle = ByteString.CopyFrom(_issuer.Bundle.ToDer());
        X509SVIDResponse message = new()
        {
            Svids =
            {
                entries.Zip(svids, (entry, svid) => new X509SVID
                {
                    SpiffeId = entry.SpiffeId.ToString(),
                    X509Svid = ByteString.CopyFrom(svid.Certificate),
                    X509SvidKey = ByteString.CopyFrom(svid.Pkcs8Key),
                    Bundle = bundle,
                    Hint = entry.Hint,
                }),
            },
        };
        Add(message.FederatedBundles, FederatedWith(entries), ToX509);
        return (message, svids.Min(svid => svid.RenewAt));
    }

    public X509BundlesResponse X509Bundles(IReadOnlyList<Entry> entries)
    {
        X509BundlesResponse message = new();
        Add(message.Bundles, BundlesFor(entries), ToX509);
        return message;
    }

    public JWTBundlesResponse JwtBundles(IReadOnlyList<Entry> entries)
    {
        JWTBundlesResponse message = new();
        Add(message.Bundles, BundlesFor(entries), bundle => ByteString.CopyFrom(bundle.ToJwks(), Encoding.UTF8));
        return message;
    }

    public JWTSVIDResponse JwtSvids(IReadOnlyList<Entry> entries, IReadOnlyCollection<string> audience) => new()
    {
        Svids =
        {
            entries.Select(entry => new JWTSVID
            {
                SpiffeId = entry.SpiffeId.ToString(),
                Svid = _issuer.IssueJwtSvid(entry, audience),
                Hint = entry.Hint,
            }),
        },
    };

    /// <summary>Whether a token is valid for an audience, by the authorities that these entries trust.</summary>
    public JwtValidation Validate(IReadOnlyList<Entry> entries, string token, string audience) => JwtSvidValidator.Validate(
        token, audience, BundlesFor(entries), DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);

    private static ByteString ToX509(SpiffeBundle bundle) => ByteString.CopyFrom(bundle.ToDer());

    private static void Add(
        MapField<string, ByteString> map, IEnumerable<SpiffeBundle> bundles, Func<SpiffeBundle, ByteString> toBytes)
    {
        foreach (SpiffeBundle bundle in bundles)
        {
            map[bundle.TrustDomain.Id.ToString()] = toBytes(bundle);
        }
    }

    private IReadOnlyList<SpiffeBundle> BundlesFor(IReadOnlyList<Entry> entries) =>
        [_issuer.Bundle, .. FederatedWith(entries)];

    private IEnumerable<SpiffeBundle> FederatedWith(IReadOnlyList<Entry> entries) =>
        _federated.Select(entries).Where(bundle => !_redactions.Has(bundle.TrustDomain.Id));
}
