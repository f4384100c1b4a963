namespace Spiffe.DevAgent;

/// <summary>The first line of standard input, as JSON has it.</summary>
internal sealed class SettingsMessage
{
    public string? Endpoint { get; set; }

    public string TrustDomain { get; set; } = "example.org";

    public int SvidTtlSec { get; set; } = 3600;

    public int AuthorityTtlSec { get; set; } = 7 * 86_400;

    public EntryMessage?[]? Entries { get; set; }

    public Dictionary<string, string> FederatedBundles { get; set; } = [];

    public string? ConfigPath { get; set; }

    public string? DataPath { get; set; }

    public string? BundlePath { get; set; }

    public string? LogPath { get; set; }
}
