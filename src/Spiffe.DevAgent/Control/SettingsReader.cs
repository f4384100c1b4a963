using System.Text;
using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>Reads and checks the settings.</summary>
internal static class SettingsReader
{
    private const int MinTtlSeconds = 2;
    private const int MaxTtlSeconds = 86_400;
    private const int MaxHintBytes = 1024;

    /// <exception cref="SettingsException">Something is missing, unknown or out of range.</exception>
    public static AgentSettings Read(string? line)
    {
        try
        {
            return Check(JsonSerializer.Deserialize(line ?? string.Empty, SettingsJson.Default.SettingsMessage)
                ?? throw new SettingsException("The settings are 'null'; expected a JSON object."));
        }
        catch (JsonException exception)
        {
            throw new SettingsException($"The settings are not the JSON that was expected: {exception.Message}", exception);
        }
    }

    private static AgentSettings Check(SettingsMessage message)
    {
        TrustDomain trustDomain = Parse(message.TrustDomain, TrustDomain.Parse, "trustDomain");
        TimeSpan ttl = CheckTtl(message.SvidTtlSeconds, "svidTtlSeconds");
        WorkloadApiEndpoint? endpoint = message.Endpoint is null
            ? null
            : Parse(message.Endpoint, WorkloadApiEndpoint.Parse, "endpoint");
        Entry[] entries = [.. message.Entries.Select((entry, index) => Check(entry, $"entries[{index}]", trustDomain, ttl))];
        string? hint = entries.Select(entry => entry.Hint)
            .Where(hint => hint.Length > 0)
            .GroupBy(hint => hint, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)?.Key;
        return hint is null
            ? new AgentSettings(endpoint, trustDomain, ttl, entries)
            : throw new SettingsException($"Two entries have the hint '{hint}'; hints must be unique.");
    }

    private static Entry Check(EntryMessage? entry, string where, TrustDomain trustDomain, TimeSpan defaultTtl)
    {
        if (entry is null)
        {
            throw new SettingsException($"{where} is null; expected an object.");
        }

        SpiffeId id = Parse(entry.SpiffeId, SpiffeId.Parse, $"{where}.spiffeId");
        if (!id.IsMemberOf(trustDomain) || !id.HasPath)
        {
            throw new SettingsException(
                $"{where}.spiffeId is '{id}'; expected an ID with a path in the trust domain '{trustDomain}'.");
        }

        if (Encoding.UTF8.GetByteCount(entry.Hint) > MaxHintBytes)
        {
            throw new SettingsException($"{where}.hint is longer than {MaxHintBytes} bytes.");
        }

        KeyType keyType = KeyTypes.Find(entry.KeyType)
            ?? throw new SettingsException($"{where}.keyType is '{entry.KeyType}'; expected one of {KeyTypes.Names}.");
        TimeSpan ttl = entry.TtlSeconds is { } seconds ? CheckTtl(seconds, $"{where}.ttlSeconds") : defaultTtl;
        string[] dnsNames = [.. entry.DnsNames.Select((name, index) => CheckDnsName(name, $"{where}.dnsNames[{index}]"))];
        string[] selectors = [.. entry.Selectors.Select((text, index) => CheckSelector(text, $"{where}.selectors[{index}]"))];
        return new Entry(id, selectors, entry.Hint, ttl, dnsNames, keyType);
    }

    private static string CheckSelector(string? selector, string where) => selector is not null && Selector.IsKnown(selector)
        ? selector
        : throw new SettingsException(
            $"{where} is '{selector ?? "null"}'; expected one of {Selector.Kinds} with a value behind it.");

    /// <summary>Labels of letters, digits, '-' and '_'; the first may be a '*'.</summary>
    private static string CheckDnsName(string? name, string where)
    {
        string rest = name is ['*', '.', ..] ? name[2..] : name ?? string.Empty;
        return rest.Length <= 253 && rest.Split('.').All(IsLabel)
            ? name!
            : throw new SettingsException($"{where} is '{name ?? "null"}'; expected a DNS name such as 'web.example.org'.");

        static bool IsLabel(string label) =>
            label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    private static TimeSpan CheckTtl(int seconds, string where) => seconds is >= MinTtlSeconds and <= MaxTtlSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new SettingsException($"{where} is {seconds}; expected {MinTtlSeconds} to {MaxTtlSeconds}.");

    private static T Parse<T>(string text, Func<string, T> parse, string where)
    {
        try
        {
            return parse(text);
        }
        catch (SpiffeException exception)
        {
            throw new SettingsException($"{where} cannot be used. {exception.Message}", exception);
        }
    }
}
