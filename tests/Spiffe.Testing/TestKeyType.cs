namespace Spiffe.Testing;

public enum TestKeyType
{
    EcP256,
    EcP384,
    Rsa2048,
}
