using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Spiffe;

/// <summary>A JWT-SVID taken apart, with the rules that hold before any key is known (JWT-SVID, sections 2 to 4).</summary>
internal sealed class JsonWebToken
{
    /// <summary>The longest token that is looked at, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private JsonWebToken(string algorithm, string? keyId, byte[] signingInput, byte[] signature, JwtClaims claims)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        SigningInput = signingInput;
        Signature = signature;
        Claims = claims;
    }

    public string Algorithm { get; }

    public string? KeyId { get; }

    public byte[] SigningInput { get; }

    public byte[] Signature { get; }

    public JwtClaims Claims { get; }

    public static bool TryParse(
        string token, [NotNullWhen(true)] out JsonWebToken? result, [NotNullWhen(false)] out JwtFault? fault)
    {
        result = null;
        fault = CheckLength(token);
        if (fault is not null)
        {
            return false;
        }

        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            fault = new JwtFault(
                "JWT-SVID 1", $"the token has {parts.Length} parts; expected the three of a JWS in compact form");
            return false;
        }

        if (!StrictJson.TryDecodeBase64Url(parts[0], out byte[]? header) ||
            !StrictJson.TryDecodeBase64Url(parts[1], out byte[]? payload) ||
            !StrictJson.TryDecodeBase64Url(parts[2], out byte[]? signature))
        {
            fault = new JwtFault("JWT-SVID 4", "a part of the token is not base64url without padding");
            return false;
        }

        if (!TryReadHeader(header, out string? algorithm, out string? keyId, out fault) ||
            !JwtClaims.TryRead(payload, out JwtClaims? claims, out fault))
        {
            return false;
        }

        byte[] signingInput = Encoding.ASCII.GetBytes(token, 0, parts[0].Length + 1 + parts[1].Length);
        result = new JsonWebToken(algorithm, keyId, signingInput, signature, claims);
        return true;
    }

    /// <summary>The fault of a token that is longer than what anybody should have to look at.</summary>
    public static JwtFault? CheckLength(string token) => token.Length > MaxLength
        ? new JwtFault("Limits", $"the token has {token.Length} bytes; at most {MaxLength} are accepted")
        : null;

    private static bool TryReadHeader(
        byte[] json,
        [NotNullWhen(true)] out string? algorithm,
        out string? keyId,
        [NotNullWhen(false)] out JwtFault? fault)
    {
        algorithm = null;
        keyId = null;
        try
        {
            using JsonDocument document = StrictJson.Parse(json);
            JsonElement header = document.RootElement;
            algorithm = StrictJson.GetString(header, "alg");
            keyId = StrictJson.GetString(header, "kid");
            fault = CheckHeader(header, algorithm);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            fault = new JwtFault("JWT-SVID 4", "the header is not a JSON object with string members and unique names");
        }

        return fault is null && algorithm is not null;
    }

    private static JwtFault? CheckHeader(JsonElement header, string? algorithm)
    {
        if (algorithm is null || JwsAlgorithm.Find(algorithm) is null)
        {
            return new JwtFault(
                "JWT-SVID 2.1",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the algorithm is {Quoted.Text(algorithm ?? "absent")}; expected one of {JwsAlgorithm.Names}"));
        }

        if (StrictJson.GetString(header, "typ") is { } type and not ("JWT" or "JOSE"))
        {
            return new JwtFault("JWT-SVID 2.3", $"the header's typ is {Quoted.Text(type)}; expected JWT, JOSE or none");
        }

        return header.TryGetProperty("crit", out _)
            ? new JwtFault("JWT-SVID 2", "the header has 'crit', and no critical extension is known")
            : null;
    }
}
