using System.Text;

namespace Spiffe.DevAgent;

/// <summary>Checks entries that came as JSON; a fault is named with its place.</summary>
internal sealed class EntryReader
{
    private const int MaxHintBytes = 1024;

    private readonly TrustDomain _trustDomain;
    private readonly TimeSpan _svidTtl;
    private readonly IReadOnlyCollection<TrustDomain> _federated;

    /// <param name="trustDomain">The trust domain of the identities.</param>
    /// <param name="svidTtl">The life of SVIDs where an entry does not say.</param>
    /// <param name="federated">The trust domains that an entry may federate with.</param>
    public EntryReader(TrustDomain trustDomain, TimeSpan svidTtl, IReadOnlyCollection<TrustDomain> federated)
    {
        _trustDomain = trustDomain;
        _svidTtl = svidTtl;
        _federated = federated;
    }

    /// <exception cref="SettingsException">An entry, or what they say together, cannot be used.</exception>
    public IReadOnlyList<Entry> Read(IEnumerable<EntryMessage?> messages)
    {
        Entry[] entries = [.. messages.Select((message, index) => Read(message, $"entries[{index}]"))];
        CheckHints(entries);
        return entries;
    }

    /// <summary>Whether hints are unique (Workload API, sections 5.2.1 and 8).</summary>
    /// <exception cref="SettingsException">Two entries have the same.</exception>
    public static void CheckHints(IEnumerable<Entry> entries)
    {
        string? hint = entries.Select(entry => entry.Hint)
            .Where(hint => hint.Length > 0)
            .GroupBy(hint => hint, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)?.Key;
        if (hint is not null)
        {
            throw new SettingsException($"Two entries have the hint {Quoted.Text(hint)}; hints must be unique.");
        }
    }

    public static TimeSpan ReadTtl(int seconds, string where) =>
        seconds is >= AgentLimits.MinSvidTtlSec and <= AgentLimits.MaxSvidTtlSec
            ? TimeSpan.FromSeconds(seconds)
            : throw new SettingsException(
                $"{where} is {seconds}; expected {AgentLimits.MinSvidTtlSec} to {AgentLimits.MaxSvidTtlSec}.");

    private Entry Read(EntryMessage? message, string where)
    {
        if (message is null)
        {
            throw new SettingsException($"{where} is null; expected an object.");
        }

        SpiffeId id = SettingsException.Parse(message.SpiffeId, SpiffeId.Parse, $"{where}.spiffeId");
        if (!id.IsMemberOf(_trustDomain) || !id.HasPath)
        {
            throw new SettingsException(
                $"{where}.spiffeId is '{id}'; expected an ID with a path in the trust domain '{_trustDomain}'.");
        }

        if (Encoding.UTF8.GetByteCount(message.Hint) > MaxHintBytes)
        {
            throw new SettingsException($"{where}.hint is longer than {MaxHintBytes} bytes.");
        }

        return new Entry(
            id,
            [.. message.Selector.Select((text, index) => CheckSelector(text, $"{where}.selector[{index}]"))],
            message.Hint,
            message.TtlSec is { } seconds ? ReadTtl(seconds, $"{where}.ttlSec") : _svidTtl,
            [.. message.DnsName.Select((name, index) => CheckDnsName(name, $"{where}.dnsName[{index}]"))],
            KeyTypes.Find(message.KeyType) ?? throw new SettingsException(
                $"{where}.keyType is {Quoted.Text(message.KeyType)}; expected one of {KeyTypes.Names}."),
            [.. message.FederatesWith.Select((name, index) => ReadFederated(name, $"{where}.federatesWith[{index}]"))]);
    }

    private TrustDomain ReadFederated(string name, string where)
    {
        TrustDomain trustDomain = SettingsException.Parse(name, TrustDomain.Parse, where);
        return _federated.Contains(trustDomain)
            ? trustDomain
            : throw new SettingsException($"{where} is '{trustDomain}'; no bundle or endpoint is given for that trust domain.");
    }

    private static string CheckSelector(string selector, string where) => Selector.IsKnown(selector)
        ? selector
        : throw new SettingsException(
            $"{where} is {Quoted.Text(selector)}; expected one of {Selector.Kinds} with a value behind it.");

    /// <summary>Labels of letters, digits, '-' and '_'; the first may be a '*'.</summary>
    private static string CheckDnsName(string name, string where)
    {
        string rest = name is ['*', '.', ..] ? name[2..] : name;
        return rest.Length <= 253 && rest.Split('.').All(IsLabel)
            ? name
            : throw new SettingsException($"{where} is {Quoted.Text(name)}; expected a DNS name such as 'web.example.org'.");

        static bool IsLabel(string label) =>
            label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }
}
