using System.Text.Json;

namespace Spiffe;

/// <summary>Reads SPIFFE bundle maps (Trust Domain and Bundle, section 5.1).</summary>
internal static class BundleMapReader
{
    public const string TrustDomains = "trust_domains";

    /// <summary>One bundle for each name; a name that is none, a name that is there twice, or a broken bundle refuse the whole map.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/></exception>
    public static IReadOnlyList<SpiffeBundle> Parse(ReadOnlyMemory<byte> utf8Json) =>
        BundleDocumentReader.Read(utf8Json, "The bundle map", ReadMap);

    private static IReadOnlyList<SpiffeBundle> ReadMap(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object ||
            !root.TryGetProperty(TrustDomains, out JsonElement trustDomains) ||
            trustDomains.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"it has no object '{TrustDomains}'");
        }

        return Array.AsReadOnly(trustDomains.EnumerateObject().Select(ReadEntry).ToArray());
    }

    private static SpiffeBundle ReadEntry(JsonProperty entry)
    {
        string name = StrictJson.ReadName(entry);
        if (!TrustDomain.TryParse(name, out TrustDomain? trustDomain))
        {
            throw new FormatException($"the key {Quoted.Text(name)} is not the name of a trust domain");
        }

        try
        {
            return BundleDocumentReader.ReadBundle(trustDomain, entry.Value);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"in the bundle of '{trustDomain}', {exception.Message}", exception);
        }
    }
}
