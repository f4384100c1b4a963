using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Spiffe;

/// <summary>The claims of a JWT-SVID, those that the standard speaks of read by type (JWT-SVID, section 3).</summary>
internal sealed class JwtClaims
{
    private JwtClaims(
        SpiffeId subject,
        IReadOnlyList<string> audience,
        DateTimeOffset expiresAt,
        DateTimeOffset? notBefore,
        DateTimeOffset? issuedAt,
        IReadOnlyDictionary<string, object?> all)
    {
        Subject = subject;
        Audience = audience;
        ExpiresAt = expiresAt;
        NotBefore = notBefore;
        IssuedAt = issuedAt;
        All = all;
    }

    public SpiffeId Subject { get; }

    public IReadOnlyList<string> Audience { get; }

    public DateTimeOffset ExpiresAt { get; }

    public DateTimeOffset? NotBefore { get; }

    public DateTimeOffset? IssuedAt { get; }

    public IReadOnlyDictionary<string, object?> All { get; }

    public static bool TryRead(
        byte[] json, [NotNullWhen(true)] out JwtClaims? claims, [NotNullWhen(false)] out JwtFault? fault)
    {
        claims = null;
        try
        {
            using JsonDocument document = StrictJson.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                fault = new JwtFault("JWT-SVID 4", "the claims are not a JSON object");
                return false;
            }

            fault = ReadClaims(root, out claims);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            fault = new JwtFault("JWT-SVID 4", "the claims are not valid JSON with unique names and their registered types");
        }

        return fault is null && claims is not null;
    }

    private static JwtFault? ReadClaims(JsonElement root, out JwtClaims? claims)
    {
        claims = null;
        string? subject = StrictJson.GetString(root, "sub");
        if (!SpiffeId.TryParse(subject, out SpiffeId? id))
        {
            return new JwtFault("JWT-SVID 3.1", $"the subject {Quoted.Text(subject ?? "(none)")} is not a SPIFFE ID");
        }

        if (ReadAudience(root) is not { Length: > 0 } audience)
        {
            return new JwtFault("JWT-SVID 3.2", "the token has no audience; expected at least one");
        }

        if (ReadTime(root, "exp") is not { } expiresAt)
        {
            return new JwtFault("JWT-SVID 3.3", "the token has no expiry; expected the claim 'exp'");
        }

        claims = new JwtClaims(
            id, audience, expiresAt, ReadTime(root, "nbf"), ReadTime(root, "iat"), StrictJson.ToDictionary(root));
        return null;
    }

    private static string[]? ReadAudience(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out JsonElement audience))
        {
            return null;
        }

        return audience.ValueKind == JsonValueKind.Array
            ? [.. audience.EnumerateArray().Select(StrictJson.ReadString)]
            : [StrictJson.ReadString(audience)];
    }

    private static DateTimeOffset? ReadTime(JsonElement root, string claim)
    {
        if (!root.TryGetProperty(claim, out JsonElement value))
        {
            return null;
        }

        double seconds = value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : throw new FormatException($"the claim '{claim}' is not a number");
        double last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        return seconds >= 0 && seconds <= last
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : throw new FormatException($"the claim '{claim}' is not a time");
    }
}
