namespace Spiffe.Helper;

/// <summary>What SPIFFE Helper's configuration has no keys for.</summary>
internal sealed record HelperOptions
{
    /// <summary>Whether the authorities of each foreign trust domain get a file of their own.</summary>
    public bool HasFederatedFiles { get; init; }

    /// <summary>Whether the names are files, and not links to them.</summary>
    public bool HasPlainFiles { get; init; }

    public HelperRestartPolicy RestartPolicy { get; init; }

    public HelperRenewalAction RenewalAction { get; init; }

    /// <summary>Whether a new JWT-SVID or JWT bundle is a renewal for the program too.</summary>
    public bool SignalsJwtRenewal { get; init; }

    public HelperWithdrawalAction OnWithdrawn { get; init; }

    /// <summary>Whether the program outlives the helper.</summary>
    public bool LeavesRunning { get; init; }

    /// <summary>Whether the helper ends when the program does.</summary>
    public bool EndsWithCommand { get; init; }

    /// <summary>How long the program may take to end before it is killed.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The address that the health checks are served at; null for this machine only, and * for all addresses.</summary>
    public string? HealthAddress { get; init; }
}
