namespace Spiffe.DevAgent;

/// <summary>The settings of an agent; checked by <see cref="SettingsReader"/>.</summary>
/// <param name="TrustDomain">The one trust domain that it issues for.</param>
internal sealed record AgentSettings(TrustDomain TrustDomain)
{
    /// <summary>Where it listens; null for a socket in a private folder.</summary>
    public WorkloadApiEndpoint? Endpoint { get; init; }

    /// <summary>The life of an X509-SVID whose entry does not say otherwise.</summary>
    public TimeSpan SvidTtl { get; init; } = TimeSpan.FromSeconds(AgentLimits.DefaultSvidTtlSec);

    /// <summary>The life of an authority.</summary>
    public TimeSpan AuthorityTtl { get; init; } = TimeSpan.FromSeconds(AgentLimits.DefaultAuthorityTtlSec);

    /// <summary>How long at least an authority is published before it signs.</summary>
    public TimeSpan PublishAhead { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often followers of the bundle are to look for a newer one.</summary>
    public TimeSpan RefreshHint { get; init; } = TimeSpan.FromSeconds(AgentLimits.DefaultRefreshHintSec);

    /// <summary>What it issues, and where foreign bundles are; what <see cref="ConfigPath"/> says is read from there.</summary>
    public AgentConfig Config { get; init; } = AgentConfig.Empty;

    /// <summary>The file that <see cref="Config"/> came from and is followed in.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>The folder that keeps the authorities; null for memory alone.</summary>
    public string? DataPath { get; init; }

    /// <summary>The file that always has the trust domain's bundle.</summary>
    public string? BundlePath { get; init; }

    /// <summary>Where it serves that bundle; null for nowhere.</summary>
    public BundleEndpointSettings? BundleEndpoint { get; init; }

    /// <summary>The file that the log goes to beside standard error.</summary>
    public string? LogPath { get; init; }
}
