using System.Text;

namespace Spiffe;

/// <summary>A JWT-SVID taken apart, with the rules that hold before any key is known (JWT-SVID, sections 2 to 4).</summary>
internal sealed class JsonWebToken
{
    /// <summary>The longest token that is looked at, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private const int Parts = 3;

    private JsonWebToken(JoseHeader header, byte[] signingInput, byte[] signature, JwtClaims claims)
    {
        Header = header;
        SigningInput = signingInput;
        Signature = signature;
        Claims = claims;
    }

    public JoseHeader Header { get; }

    public byte[] SigningInput { get; }

    public byte[] Signature { get; }

    public JwtClaims Claims { get; }

    /// <summary>The token; null where a check does not hold.</summary>
    public static JsonWebToken? Parse(string token, CheckList checks)
    {
        if (!TryDecode(token, checks, out byte[] header, out byte[] payload, out byte[] signature) ||
            JoseHeader.Read(header, checks) is not { } jose ||
            JwtClaims.Read(payload, checks) is not { } claims)
        {
            return null;
        }

        byte[] signingInput = Encoding.ASCII.GetBytes(token, 0, token.LastIndexOf('.'));
        return new JsonWebToken(jose, signingInput, signature, claims);
    }

    /// <summary>Whether a token is short enough to be parsed.</summary>
    public static bool CheckLength(string token, CheckList checks) => checks.Require(
        token.Length <= MaxLength, "Limits", "Length", () => $"{token.Length} bytes", $"at most {MaxLength} bytes");

    /// <summary>The three parts in bytes; empty where a check does not hold.</summary>
    public static bool TryDecode(string token, CheckList checks, out byte[] header, out byte[] payload, out byte[] signature)
    {
        header = payload = signature = [];
        if (!CheckLength(token, checks))
        {
            return false;
        }

        ReadOnlySpan<char> text = token;
        int dots = text.Count('.');
        if (!checks.Require(
            dots == Parts - 1, "JWT-SVID 1", "Serialisation", () => $"{dots + 1} part(s)", "the three parts of a JWS in compact form"))
        {
            return false;
        }

        int first = text.IndexOf('.');
        int last = text.LastIndexOf('.');
        bool isEncoded = StrictJson.TryDecodeBase64Url(text[..first], out byte[]? headerBytes) &
            StrictJson.TryDecodeBase64Url(text[(first + 1)..last], out byte[]? payloadBytes) &
            StrictJson.TryDecodeBase64Url(text[(last + 1)..], out byte[]? signatureBytes);
        if (!checks.Require(
            isEncoded, "JWT-SVID 4", "Encoding", isEncoded ? "base64url" : "something else", "base64url without padding"))
        {
            return false;
        }

        (header, payload, signature) = (headerBytes!, payloadBytes!, signatureBytes!);
        return true;
    }
}
