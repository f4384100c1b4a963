using System.Collections.ObjectModel;
using Google.Protobuf.WellKnownTypes;
using Spiffe.Protocol;

namespace Spiffe.WorkloadApi;

/// <summary>Reads the messages of the JWT profile (Workload API, section 6).</summary>
internal static class JwtResponse
{
    private const double LargestExactInteger = 9_007_199_254_740_992;

    /// <exception cref="SpiffeException">A rule is broken; nothing of the message may be used.</exception>
    public static IReadOnlyList<JwtSvid> ReadSvids(
        JWTSVIDResponse response, IReadOnlyCollection<string> audience, SpiffeId? requested)
    {
        if (response.Svids.Count == 0)
        {
            throw Field.Missing("svids");
        }

        HashSet<string> hints = new(StringComparer.Ordinal);
        List<JwtSvid> svids = new(response.Svids.Count);
        for (int i = 0; i < response.Svids.Count; i++)
        {
            JWTSVID message = response.Svids[i];
            SpiffeId id = Field.RequireSpiffeId(message.SpiffeId, $"svids[{i}].spiffe_id");
            if (requested is not null && id != requested)
            {
                throw Field.Invalid($"'{requested}' was asked for, and '{id}' came");
            }

            string token = Field.Require(message.Svid, $"svids[{i}].svid");
            JwtSvid svid = JwtSvid.FromToken(id, message.Hint, isDefault: requested is null && i == 0, token, audience);

            // Of several with one hint the first is selected (section 6.2.1).
            if (message.Hint.Length == 0 || hints.Add(message.Hint))
            {
                svids.Add(svid);
            }
        }

        return svids.AsReadOnly();
    }

    /// <exception cref="SpiffeException">A rule is broken; nothing of the message may be used.</exception>
    public static IReadOnlyList<SpiffeBundle> ReadBundles(JWTBundlesResponse response) =>
        response.Bundles.Count == 0
            ? throw Field.Missing("bundles")
            : Array.AsReadOnly(response.Bundles
                .Select(entry => SpiffeBundle.FromJwks(Field.RequireTrustDomain(entry.Key), entry.Value.Memory))
                .OrderBy(bundle => bundle.TrustDomain)
                .ToArray());

    /// <summary>The verdict on a token that the agent accepted, with the claims that the agent returned.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.ResponseInvalid"/></exception>
    public static JwtValidation ReadValidation(ValidateJWTSVIDResponse response) => JwtValidation.Accepted(
        Field.RequireSpiffeId(response.SpiffeId, "spiffe_id"),
        ToDictionary(response.Claims ?? throw Field.Missing("claims")),
        WorkloadApiClient.ByAgent);

    private static ReadOnlyDictionary<string, object?> ToDictionary(Struct claims) =>
        claims.Fields.ToDictionary(field => field.Key, field => ToValue(field.Value), StringComparer.Ordinal).AsReadOnly();

    private static object? ToValue(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.BoolValue => value.BoolValue,
        Value.KindOneofCase.NumberValue when IsWhole(value.NumberValue) => (long)value.NumberValue,
        Value.KindOneofCase.NumberValue => value.NumberValue,
        Value.KindOneofCase.ListValue => value.ListValue.Values.Select(ToValue).ToArray(),
        Value.KindOneofCase.StructValue => ToDictionary(value.StructValue),
        _ => null,
    };

    /// <summary>A Struct knows only doubles; times and counts become whole numbers again.</summary>
    private static bool IsWhole(double number) => double.IsInteger(number) && Math.Abs(number) <= LargestExactInteger;
}
