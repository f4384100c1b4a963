using Google.Protobuf;
using Spiffe.Protocol;

namespace Spiffe.Testing;

/// <summary>Good messages, for tests to send as they are or to break in one place.</summary>
public static class Messages
{
    public static X509SVID X509Svid(TestAuthority authority, string spiffeId, string hint = "", TestKeyType keyType = TestKeyType.EcP256)
    {
        IssuedSvid issued = authority.Issue(spiffeId, keyType);
        return new X509SVID
        {
            SpiffeId = spiffeId,
            X509Svid = ByteString.CopyFrom(issued.Der),
            X509SvidKey = ByteString.CopyFrom(issued.Pkcs8Key),
            Bundle = ByteString.CopyFrom(authority.BundleDer),
            Hint = hint,
        };
    }

    public static X509SVIDResponse X509Svids(params X509SVID[] svids) => new() { Svids = { svids } };

    public static X509SVIDResponse X509Svids(TestAuthority authority) =>
        X509Svids(X509Svid(authority, $"spiffe://{authority.TrustDomain}/web"));

    public static X509BundlesResponse X509Bundles(params TestAuthority[] authorities)
    {
        X509BundlesResponse response = new();
        foreach (TestAuthority authority in authorities)
        {
            response.Bundles.Add($"spiffe://{authority.TrustDomain}", ByteString.CopyFrom(authority.BundleDer));
        }

        return response;
    }

    public static JWTBundlesResponse JwtBundles(string trustDomain, TestJwtKey key) => new()
    {
        Bundles = { [$"spiffe://{trustDomain}"] = ByteString.CopyFromUtf8(key.Jwks) },
    };

    public static JWTSVID JwtSvid(TestJwtKey key, string spiffeId, string hint, params string[] audience) =>
        new() { SpiffeId = spiffeId, Svid = key.Issue(spiffeId, audience), Hint = hint };
}
