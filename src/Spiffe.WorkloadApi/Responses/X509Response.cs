using System.Collections.ObjectModel;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Spiffe.Protocol;

namespace Spiffe.WorkloadApi;

/// <summary>Reads the messages of the X.509 profile (Workload API, section 5).</summary>
internal static class X509Response
{
    /// <exception cref="SpiffeException">A rule is broken; nothing of the message may be used.</exception>
    public static IReadOnlyList<X509Svid> ReadSvids(X509SVIDResponse response)
    {
        if (response.Svids.Count == 0)
        {
            throw Field.Missing("svids");
        }

        ReadOnlyCollection<X509RevocationList> revocationLists = ReadRevocationLists(response.Crl);
        ReadOnlyCollection<SpiffeBundle> federated = ReadMap(response.FederatedBundles, []);
        Dictionary<(TrustDomain, ByteString), SpiffeBundle> ownBundles = [];
        HashSet<string> hints = new(StringComparer.Ordinal);
        List<X509Svid> svids = new(response.Svids.Count);
        for (int i = 0; i < response.Svids.Count; i++)
        {
            X509SVID message = response.Svids[i];
            SpiffeId id = Field.RequireSpiffeId(message.SpiffeId, $"svids[{i}].spiffe_id");
            ByteString certificates = Field.Require(message.X509Svid, $"svids[{i}].x509_svid");
            ByteString key = Field.Require(message.X509SvidKey, $"svids[{i}].x509_svid_key");
            ByteString authorities = Field.Require(message.Bundle, $"svids[{i}].bundle");
            if (!ownBundles.TryGetValue((id.TrustDomain, authorities), out SpiffeBundle? bundle))
            {
                bundle = SpiffeBundle.FromX509Der(id.TrustDomain, authorities.Memory);
                ownBundles.Add((id.TrustDomain, authorities), bundle);
            }

            X509Svid svid = X509Svid.FromDer(
                id, message.Hint, isDefault: i == 0, certificates.Memory, key.Memory, bundle, federated, revocationLists);

            // Of several with one hint the first is selected (section 5.2.1).
            if (message.Hint.Length == 0 || hints.Add(message.Hint))
            {
                svids.Add(svid);
            }
        }

        return svids.AsReadOnly();
    }

    /// <exception cref="SpiffeException">A rule is broken; nothing of the message may be used.</exception>
    public static IReadOnlyList<SpiffeBundle> ReadBundles(X509BundlesResponse response) =>
        response.Bundles.Count > 0
            ? ReadMap(response.Bundles, ReadRevocationLists(response.Crl))
            : throw Field.Missing("bundles");

    /// <summary>A list that cannot be read refuses the message: to go on without it would be to forget a revocation.</summary>
    private static ReadOnlyCollection<X509RevocationList> ReadRevocationLists(IEnumerable<ByteString> lists) =>
        Array.AsReadOnly(lists.Select(list => X509RevocationList.Parse(list.Memory)).ToArray());

    /// <remarks>Most answers have no entries. Enumerating them would make the runtime compile a dozen methods.</remarks>
    private static ReadOnlyCollection<SpiffeBundle> ReadMap(
        MapField<string, ByteString> map, ReadOnlyCollection<X509RevocationList> revocationLists) => map.Count == 0
        ? ReadOnlyCollection<SpiffeBundle>.Empty
        : Array.AsReadOnly(map
            .Select(entry => SpiffeBundle.FromX509Der(
                Field.RequireTrustDomain(entry.Key), entry.Value.Memory, revocationLists))
            .OrderBy(bundle => bundle.TrustDomain)
            .ToArray());
}
