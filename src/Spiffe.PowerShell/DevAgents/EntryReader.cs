using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Reads the hashtables of <c>-Entry</c>.</summary>
internal static class EntryReader
{
    private static readonly string[] s_keys = [.. typeof(EntryMessage).GetProperties().Select(property => property.Name)];

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.EntryInvalid"/></exception>
    public static EntryMessage[] Read(IEnumerable<Hashtable> entries) => [.. entries.Select(Read)];

    private static EntryMessage Read(Hashtable entry)
    {
        foreach (object key in entry.Keys)
        {
            if (!s_keys.Contains(key as string, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid($"An entry has the key {Quoted.Text(key.ToString())}; known are {string.Join(", ", s_keys)}.");
            }
        }

        EntryMessage message = new()
        {
            SpiffeId = Get<SpiffeId>(entry, nameof(EntryMessage.SpiffeId))?.ToString()
                ?? throw Invalid("An entry has no SpiffeId."),
            TtlSec = Get<int?>(entry, nameof(EntryMessage.TtlSec)),
        };
        message.Selector = Get<string[]>(entry, nameof(EntryMessage.Selector)) ?? message.Selector;
        message.Hint = Get<string>(entry, nameof(EntryMessage.Hint)) ?? message.Hint;
        message.DnsName = Get<string[]>(entry, nameof(EntryMessage.DnsName)) ?? message.DnsName;
        message.KeyType = Get<string>(entry, nameof(EntryMessage.KeyType)) ?? message.KeyType;
        message.FederatesWith = Get<string[]>(entry, nameof(EntryMessage.FederatesWith)) ?? message.FederatesWith;
        return message;
    }

    private static T? Get<T>(Hashtable entry, string name)
    {
        object? value = entry.Cast<DictionaryEntry>()
            .FirstOrDefault(pair => string.Equals(pair.Key as string, name, StringComparison.OrdinalIgnoreCase))
            .Value;
        try
        {
            return value is null ? default : LanguagePrimitives.ConvertTo<T>(value);
        }
        catch (PSInvalidCastException exception)
        {
            throw Invalid($"An entry's {name} cannot be used. {exception.Message}", exception);
        }
    }

    private static SpiffeException Invalid(string message, Exception? innerException = null) =>
        new(SpiffeErrorReason.EntryInvalid, message, innerException);
}
