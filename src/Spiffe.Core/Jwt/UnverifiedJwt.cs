using System.Collections.ObjectModel;
using System.Text.Json;

namespace Spiffe;

/// <summary>The content of a token that has not been verified: anyone could have written it.</summary>
public sealed class UnverifiedJwt
{
    private UnverifiedJwt(IReadOnlyDictionary<string, object?> header, IReadOnlyDictionary<string, object?> claims)
    {
        Header = header;
        Claims = claims;
    }

    /// <summary>Always false. <see cref="JwtSvidValidator"/> and the Workload API verify tokens.</summary>
    public bool Verified { get; }

    /// <summary>The same in words.</summary>
    public string Note { get; } = "Not verified: anyone could have written this. Test-SpiffeJwt verifies tokens.";

    /// <summary>The subject, where it is a SPIFFE ID; else null.</summary>
    public SpiffeId? SpiffeId => Spiffe.SpiffeId.TryParse(Claims.GetValueOrDefault("sub") as string, out SpiffeId? id) ? id : null;

    /// <summary>Whom the token claims to be for; empty where it does not say.</summary>
    public ReadOnlyCollection<string> Audience => Claims.GetValueOrDefault("aud") switch
    {
        string audience => [audience],
        object?[] audience => [.. audience.OfType<string>()],
        _ => [],
    };

    /// <summary>The instant of the claim <c>iat</c>, in local time; null where there is none.</summary>
    public DateTime? IssuedAt => ReadTime("iat");

    /// <summary>The instant of the claim <c>nbf</c>, in local time; null where there is none.</summary>
    public DateTime? NotBefore => ReadTime("nbf");

    /// <summary>The instant of the claim <c>exp</c>, in local time; null where there is none.</summary>
    public DateTime? ExpiresAt => ReadTime("exp");

    /// <summary>The algorithm that the header names; null where it names none.</summary>
    public string? Algorithm => Header.GetValueOrDefault("alg") as string;

    /// <summary>The key that the header names; null where it names none.</summary>
    public string? KeyId => Header.GetValueOrDefault("kid") as string;

    /// <summary>All members of the header by name.</summary>
    public IReadOnlyDictionary<string, object?> Header { get; }

    /// <summary>All claims by name.</summary>
    public IReadOnlyDictionary<string, object?> Claims { get; }

    /// <summary><see cref="Audience"/> as views show it: unverified, and without characters that control a terminal.</summary>
    public ReadOnlyCollection<string> DisplayAudience => [.. Audience.Select(audience => Quoted.Line(audience))];

    /// <summary><see cref="Header"/> as views show it: JSON without control characters.</summary>
    public string DisplayHeader => Quoted.Json(Header);

    /// <summary><see cref="Claims"/> as views show them: JSON without control characters.</summary>
    public string DisplayClaims => Quoted.Json(Claims);

    /// <summary>Decodes a token in compact form, whatever its header and its claims are.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.TokenInvalid"/>: it is not such a token, or exceeds 64 KiB. No part of it is in the message.
    /// </exception>
    public static UnverifiedJwt Decode(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        CheckList checks = new(isStrict: false, isBrief: true);
        if (!JsonWebToken.TryDecode(token, checks, out byte[] header, out byte[] payload, out _))
        {
            throw new SpiffeException(SpiffeErrorReason.TokenInvalid, $"The token cannot be decoded: {checks.FirstFailure}.");
        }

        return new UnverifiedJwt(ReadObject(header, "header"), ReadObject(payload, "claims"));
    }

    /// <summary>The token's content as plain values, with <c>Verified</c> first. The signature is not among them.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Verified", Verified },
        { "SpiffeId", SpiffeId?.Text },
        { "Audience", Audience },
        { "IssuedAt", IssuedAt },
        { "NotBefore", NotBefore },
        { "ExpiresAt", ExpiresAt },
        { "Algorithm", Algorithm },
        { "KeyId", KeyId },
        { "Header", Header },
        { "Claims", Claims },
    };

    /// <summary>That it is unverified, and whom it names.</summary>
    public override string ToString() => $"unverified token of {SpiffeId?.ToString() ?? "no SPIFFE ID"}";

    private static IReadOnlyDictionary<string, object?> ReadObject(byte[] json, string part)
    {
        try
        {
            return StrictJson.ParseDictionary(json);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            // Without the inner exception: it quotes what it could not read.
            throw new SpiffeException(
                SpiffeErrorReason.TokenInvalid, $"The token cannot be decoded: its {part} is not a JSON object with unique names (JWT-SVID 4).");
        }
    }

    private DateTime? ReadTime(string claim)
    {
        double? seconds = Claims.GetValueOrDefault(claim) switch
        {
            long whole => whole,
            double fraction => fraction,
            _ => null,
        };
        return seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds.Value).LocalDateTime
            : null;
    }
}
