namespace Spiffe.Testing;

/// <summary>Another local time for the whole process, until it is disposed of: for tests that run alone.</summary>
public sealed class TimeZoneOfProcess : IDisposable
{
    private const string Variable = "TZ";

    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    private TimeZoneOfProcess(string name) => Set(name);

    /// <summary>Null where this machine does not know the zone.</summary>
    public static TimeZoneOfProcess? TryEnter(string name) =>
        File.Exists($"/usr/share/zoneinfo/{name}") ? new TimeZoneOfProcess(name) : null;

    public void Dispose() => Set(_before);

    private static void Set(string? name)
    {
        Environment.SetEnvironmentVariable(Variable, name);
        TimeZoneInfo.ClearCachedData();
    }
}
