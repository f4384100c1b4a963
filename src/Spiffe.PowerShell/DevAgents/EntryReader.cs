using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Reads the hashtables of <c>-Entry</c>.</summary>
internal static class EntryReader
{
    private static readonly string[] s_keys = ["SpiffeId", "Selector", "Hint", "TtlSec", "DnsName", "KeyType", "FederatesWith"];

    /// <exception cref="PSArgumentException">A key is unknown, or its value is of the wrong kind.</exception>
    public static DevAgentEntry Read(Hashtable entry)
    {
        foreach (object key in entry.Keys)
        {
            if (!s_keys.Contains(key as string, StringComparer.OrdinalIgnoreCase))
            {
                throw new PSArgumentException(
                    $"An entry has the key '{key}'; known are {string.Join(", ", s_keys)}.", nameof(entry));
            }
        }

        return new DevAgentEntry(
            Get<SpiffeId>(entry, "SpiffeId")?.ToString()
                ?? throw new PSArgumentException("An entry has no SpiffeId.", nameof(entry)),
            Get<string[]>(entry, "Selector"),
            Get<string>(entry, "Hint"),
            Get<int?>(entry, "TtlSec"),
            Get<string[]>(entry, "DnsName"),
            Get<string>(entry, "KeyType"),
            Get<string[]>(entry, "FederatesWith"));
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
            throw new PSArgumentException($"An entry's {name} cannot be used. {exception.Message}", exception);
        }
    }
}
