using System.Text.Json.Serialization;

namespace Spiffe;

/// <summary>An entry, as JSON has it.</summary>
internal sealed class EntryMessage
{
    public string SpiffeId { get; set; } = string.Empty;

    [JsonConverter(typeof(OneOrMore))]
    public string[] Selector { get; set; } = [];

    public string Hint { get; set; } = string.Empty;

    public int? TtlSec { get; set; }

    [JsonConverter(typeof(OneOrMore))]
    public string[] DnsName { get; set; } = [];

    public string KeyType { get; set; } = "EC-P256";

    [JsonConverter(typeof(OneOrMore))]
    public string[] FederatesWith { get; set; } = [];
}
