namespace Spiffe.DevAgent;

/// <summary>The first line of standard input, as JSON has it.</summary>
internal sealed class SettingsMessage
{
    public string? Endpoint { get; set; }

    public string TrustDomain { get; set; } = "example.org";

    public int SvidTtlSeconds { get; set; } = 3600;

    public EntryMessage?[] Entries { get; set; } = [];
}
