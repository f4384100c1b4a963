namespace Spiffe.DevAgent;

/// <summary>The configuration file, as JSON has it.</summary>
internal sealed class ConfigMessage
{
    public EntryMessage?[]? Entries { get; set; }

    public Dictionary<string, string> FederatedBundles { get; set; } = [];

    public FederationMessage?[] FederatesWith { get; set; } = [];
}
