using System.Collections.ObjectModel;
using System.Text.Json;

namespace Spiffe;

/// <summary>The claims of a JWT-SVID, those that the standard speaks of read by type (JWT-SVID, section 3).</summary>
internal sealed class JwtClaims
{
    private readonly byte[] _json;
    private IReadOnlyDictionary<string, object?>? _all;

    private JwtClaims(
        byte[] json,
        SpiffeId subject,
        string[] audience,
        DateTimeOffset expiresAt,
        DateTimeOffset? notBefore,
        DateTimeOffset? issuedAt)
    {
        _json = json;
        Subject = subject;
        Audience = Array.AsReadOnly(audience);
        ExpiresAt = expiresAt;
        NotBefore = notBefore;
        IssuedAt = issuedAt;
    }

    public SpiffeId Subject { get; }

    public ReadOnlyCollection<string> Audience { get; }

    public DateTimeOffset ExpiresAt { get; }

    public DateTimeOffset? NotBefore { get; }

    public DateTimeOffset? IssuedAt { get; }

    /// <summary>Every claim by name.</summary>
    public IReadOnlyDictionary<string, object?> All => _all ??= StrictJson.ParseDictionary(_json);

    /// <summary>The claims; null where a check does not hold.</summary>
    public static JwtClaims? Read(byte[] json, CheckList checks)
    {
        try
        {
            using JsonDocument document = StrictJson.Parse(json);
            StrictJson.RequireText(document.RootElement);
            return Read(json, document.RootElement, checks);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            Require(checks, holds: false);
            return null;
        }
    }

    private static JwtClaims? Read(byte[] json, JsonElement root, CheckList checks)
    {
        if (!Require(checks, root.ValueKind == JsonValueKind.Object))
        {
            return null;
        }

        string? subject = StrictJson.GetString(root, "sub");
        string[] audience = ReadAudience(root);
        DateTimeOffset? expiresAt = ReadTime(root, "exp");
        DateTimeOffset? notBefore = ReadTime(root, "nbf");
        DateTimeOffset? issuedAt = ReadTime(root, "iat");
        bool isWhole = checks.Require(
            SpiffeId.TryParse(subject, out SpiffeId? id), "JWT-SVID 3.1", "Subject",
            () => subject is null ? "none" : Quoted.Text(subject), "a SPIFFE ID");
        isWhole &= checks.Require(
            audience.Length > 0, "JWT-SVID 3.2", "Audience", () => $"{audience.Length} value(s)", "at least one");
        isWhole &= checks.Require(
            expiresAt is not null, "JWT-SVID 3.3", "Expiry", () => expiresAt is null ? "none" : $"{expiresAt:u}", "the claim exp");
        return isWhole ? new JwtClaims(json, id!, audience, expiresAt!.Value, notBefore, issuedAt) : null;
    }

    private static bool Require(CheckList checks, bool holds) => checks.Require(
        holds, "JWT-SVID 4", "Claims", holds ? "a JSON object" : "something else", "a JSON object with unique names of their registered types");

    private static string[] ReadAudience(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out JsonElement audience))
        {
            return [];
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
