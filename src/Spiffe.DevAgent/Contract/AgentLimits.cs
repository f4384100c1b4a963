namespace Spiffe;

/// <summary>What the agent accepts, and what it takes where nothing is said.</summary>
internal static class AgentLimits
{
    public const int MinSvidTtlSec = 2;
    public const int MaxSvidTtlSec = 86_400;
    public const int DefaultSvidTtlSec = 3600;

    public const int MinAuthorityTtlSec = 10;
    public const int MaxAuthorityTtlSec = 10 * 366 * 86_400;
    public const int DefaultAuthorityTtlSec = 7 * 86_400;

    public const int MinRefreshHintSec = 1;
    public const int MaxRefreshHintSec = 86_400;
    public const int DefaultRefreshHintSec = 5;

    public const int MaxDelayMs = 3_600_000;
}
