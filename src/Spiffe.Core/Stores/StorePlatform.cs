namespace Spiffe;

/// <summary>The platform that this process runs on.</summary>
internal static class StorePlatform
{
    public static IStorePlatform Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsStorePlatform() : new UnixStorePlatform();
}
