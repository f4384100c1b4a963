using System.Text.Json;

namespace Spiffe;

/// <summary>The header of a token, as far as it may say something (JWT-SVID, section 2).</summary>
/// <param name="Algorithm">An algorithm that is allowed.</param>
/// <param name="KeyId">The name of the signer's key; null where it is absent.</param>
internal sealed record JoseHeader(JwsAlgorithm Algorithm, string? KeyId)
{
    public static JoseHeader? Read(byte[] json, CheckList checks)
    {
        try
        {
            using JsonDocument document = StrictJson.Parse(json);
            return Read(document.RootElement, checks);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            Require(checks, holds: false);
            return null;
        }
    }

    private static JoseHeader? Read(JsonElement header, CheckList checks)
    {
        StrictJson.RequireText(header);
        string? name = StrictJson.GetString(header, "alg");
        string? keyId = StrictJson.GetString(header, "kid");
        string? type = StrictJson.GetString(header, "typ");
        if (!Require(checks, header.ValueKind == JsonValueKind.Object))
        {
            return null;
        }

        JwsAlgorithm? algorithm = name is null ? null : JwsAlgorithm.Find(name);
        bool isPlain = checks.Require(
            algorithm is not null, "JWT-SVID 2.1", "Algorithm", () => name is null ? "none named" : Quoted.Text(name), JwsAlgorithm.Names);
        bool isCritical = header.TryGetProperty("crit", out _);
        isPlain &= checks.Require(
            !isCritical, "JWT-SVID 2", "Critical header", isCritical ? "crit" : "none", "none, as no extension is known");
        isPlain &= checks.Require(
            type is null or "JWT" or "JOSE", "JWT-SVID 2.3", "Type", () => type is null ? "none" : Quoted.Text(type), "JWT, JOSE or none");
        return isPlain ? new JoseHeader(algorithm!, keyId) : null;
    }

    private static bool Require(CheckList checks, bool holds) => checks.Require(
        holds, "JWT-SVID 4", "Header", holds ? "a JSON object" : "something else", "a JSON object with unique names of their registered types");
}
