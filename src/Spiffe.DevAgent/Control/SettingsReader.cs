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
            SettingsMessage message = JsonSerializer.Deserialize(line ?? string.Empty, SettingsJson.Default.SettingsMessage)
                ?? throw new SettingsException("The settings are 'null'; expected a JSON object.");
            return Check(message);
        }
        catch (JsonException exception)
        {
            throw new SettingsException($"The settings are not the JSON that was expected: {exception.Message}", exception);
        }
        catch (SpiffeException exception)
        {
            throw new SettingsException($"The settings cannot be used. {exception.Message}", exception);
        }
    }

    private static AgentSettings Check(SettingsMessage message)
    {
        TrustDomain trustDomain = TrustDomain.Parse(message.TrustDomain);
        TimeSpan ttl = CheckTtl(message.SvidTtlSeconds, "svidTtlSeconds");
        Entry[] entries = [.. message.Entries.Select((entry, index) => Check(entry, $"entries[{index}]", trustDomain, ttl))];
        string? hint = entries.Select(entry => entry.Hint)
            .Where(hint => hint.Length > 0)
            .GroupBy(hint => hint, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)?.Key;
        return hint is null
            ? new AgentSettings(
                message.Endpoint is null ? null : WorkloadApiEndpoint.Parse(message.Endpoint), trustDomain, ttl, entries)
            : throw new SettingsException($"Two entries have the hint '{hint}'; hints must be unique.");
    }

    private static Entry Check(EntryMessage entry, string where, TrustDomain trustDomain, TimeSpan defaultTtl)
    {
        SpiffeId id = SpiffeId.Parse(entry.SpiffeId);
        if (!id.IsMemberOf(trustDomain) || !id.HasPath)
        {
            throw new SettingsException(
                $"{where}.spiffeId is '{id}'; expected an ID with a path in the trust domain '{trustDomain}'.");
        }

        if (Encoding.UTF8.GetByteCount(entry.Hint) > MaxHintBytes)
        {
            throw new SettingsException($"{where}.hint is longer than {MaxHintBytes} bytes.");
        }

        string? badName = entry.DnsNames.FirstOrDefault(
            name => name.Length is 0 or > 253 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '*'));
        if (badName is not null)
        {
            throw new SettingsException($"{where}.dnsNames has '{badName}', which is not a DNS name.");
        }

        KeyType keyType = KeyTypes.Find(entry.KeyType)
            ?? throw new SettingsException($"{where}.keyType is '{entry.KeyType}'; expected one of {KeyTypes.Names}.");
        TimeSpan ttl = entry.TtlSeconds is { } seconds ? CheckTtl(seconds, $"{where}.ttlSeconds") : defaultTtl;
        return new Entry(id, entry.Hint, ttl, entry.DnsNames, keyType);
    }

    private static TimeSpan CheckTtl(int seconds, string where) => seconds is >= MinTtlSeconds and <= MaxTtlSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new SettingsException($"{where} is {seconds}; expected {MinTtlSeconds} to {MaxTtlSeconds}.");
}
