namespace Spiffe.Tls;

/// <summary>The platform that this process runs on.</summary>
internal static class TlsKeyPlatform
{
    public static ITlsKeyPlatform Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsTlsKeyPlatform() : new MemoryTlsKeyPlatform();
}
