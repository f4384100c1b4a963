namespace Spiffe.Commands;

/// <summary>What the agent is told on the first line of its standard input.</summary>
internal sealed record DevAgentSettings
{
    public required string TrustDomain { get; init; }

    public string? Endpoint { get; init; }

    public int SvidTtlSec { get; init; }

    public int AuthorityTtlSec { get; init; }

    public IReadOnlyList<DevAgentEntry>? Entries { get; init; }

    public IReadOnlyDictionary<string, string>? FederatedBundles { get; init; }

    public string? ConfigPath { get; init; }

    public string? DataPath { get; init; }

    public string? BundlePath { get; init; }

    public string? LogPath { get; init; }
}
