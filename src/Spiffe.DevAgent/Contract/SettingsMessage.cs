namespace Spiffe;

/// <summary>The first line of standard input, as JSON has it.</summary>
internal sealed class SettingsMessage
{
    public const string DefaultTrustDomain = "example.org";

    public string? Endpoint { get; set; }

    public string TrustDomain { get; set; } = DefaultTrustDomain;

    public int SvidTtlSec { get; set; } = AgentLimits.DefaultSvidTtlSec;

    public int AuthorityTtlSec { get; set; } = AgentLimits.DefaultAuthorityTtlSec;

    public EntryMessage?[]? Entries { get; set; }

    public Dictionary<string, string> FederatedBundles { get; set; } = [];

    public FederationMessage?[] FederatesWith { get; set; } = [];

    public string? ConfigPath { get; set; }

    public string? DataPath { get; set; }

    public string? BundlePath { get; set; }

    public BundleEndpointMessage? BundleEndpoint { get; set; }

    public int BundleRefreshHintSec { get; set; } = AgentLimits.DefaultRefreshHintSec;

    public string? LogPath { get; set; }
}
