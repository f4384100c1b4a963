namespace Spiffe.DevAgent;

/// <summary>An entry, as JSON has it.</summary>
internal sealed class EntryMessage
{
    public string SpiffeId { get; set; } = string.Empty;

    public string?[] Selectors { get; set; } = [];

    public string Hint { get; set; } = string.Empty;

    public int? TtlSeconds { get; set; }

    public string?[] DnsNames { get; set; } = [];

    public string KeyType { get; set; } = "EC-P256";
}
