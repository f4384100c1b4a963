namespace Spiffe.Tls;

/// <summary>How often a bundle endpoint is asked (Federation, section 4.1).</summary>
public sealed record PollInterval
{
    private const double Spread = 0.1;

    private static readonly TimeSpan s_withoutHint = TimeSpan.FromMinutes(5);

    /// <summary>No two requests follow each other in less time.</summary>
    public TimeSpan Shortest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No two requests are further apart.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Always this time, whatever the server would have.</summary>
    public static PollInterval Every(TimeSpan time) => new() { Shortest = time, Longest = time };

    /// <summary>
    /// The time until the next request: the refresh hint, or 5 minutes without one, by up to 10 % more or less; the shortest as
    /// long as there is no bundle.
    /// </summary>
    public TimeSpan Next(SpiffeBundle? latest)
    {
        TimeSpan wanted = latest is null ? Shortest : latest.RefreshHint ?? s_withoutHint;
        wanted = wanted > Longest ? Longest : wanted;
        TimeSpan spread = wanted * (1 - Spread + (Random.Shared.NextDouble() * 2 * Spread));
        return spread < Shortest ? Shortest : spread > Longest ? Longest : spread;
    }
}
