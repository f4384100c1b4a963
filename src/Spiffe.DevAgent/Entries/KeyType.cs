namespace Spiffe.DevAgent;

/// <summary>The kind of key that an X509-SVID gets.</summary>
internal enum KeyType
{
    EcP256,
    EcP384,
    Rsa2048,
}
