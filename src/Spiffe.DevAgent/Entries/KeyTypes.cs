using System.Security.Cryptography;

namespace Spiffe.DevAgent;

/// <summary>The key types by name.</summary>
internal static class KeyTypes
{
    private static readonly Dictionary<string, KeyType> s_byName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EC-P256"] = KeyType.EcP256,
        ["EC-P384"] = KeyType.EcP384,
        ["RSA-2048"] = KeyType.Rsa2048,
    };

    public static string Names => string.Join(", ", s_byName.Keys);

    public static KeyType? Find(string name) => s_byName.TryGetValue(name, out KeyType type) ? type : null;

    public static AsymmetricAlgorithm CreateKey(KeyType type) => type switch
    {
        KeyType.EcP256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        KeyType.EcP384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        _ => RSA.Create(2048),
    };
}
