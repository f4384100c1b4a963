using System.Collections;

namespace Spiffe.Commands;

/// <summary>Reads the hashtables of <c>-Entry</c>.</summary>
internal static class EntryReader
{
    private static readonly string[] s_keys = [.. typeof(EntryMessage).GetProperties().Select(property => property.Name)];

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.EntryInvalid"/></exception>
    public static EntryMessage[] Read(IEnumerable<Hashtable> entries) => [.. entries.Select(Read)];

    private static EntryMessage Read(Hashtable entry)
    {
        SettingsTable table = new(entry, s_keys, "An entry", SpiffeErrorReason.EntryInvalid);
        EntryMessage message = new()
        {
            SpiffeId = table.Require<SpiffeId>(nameof(EntryMessage.SpiffeId)).ToString(),
            TtlSec = table.Get<int?>(nameof(EntryMessage.TtlSec)),
        };
        message.Selector = table.Get<string[]>(nameof(EntryMessage.Selector)) ?? message.Selector;
        message.Hint = table.Get<string>(nameof(EntryMessage.Hint)) ?? message.Hint;
        message.DnsName = table.Get<string[]>(nameof(EntryMessage.DnsName)) ?? message.DnsName;
        message.KeyType = table.Get<string>(nameof(EntryMessage.KeyType)) ?? message.KeyType;
        message.FederatesWith = table.Get<string[]>(nameof(EntryMessage.FederatesWith)) ?? message.FederatesWith;
        return message;
    }
}
