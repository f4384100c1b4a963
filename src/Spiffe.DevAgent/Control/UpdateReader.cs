using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>Reads and checks updates: all of one is done, or nothing.</summary>
internal sealed class UpdateReader
{
    private readonly AgentSettings _settings;
    private readonly EntryTable _entries;
    private readonly FaultSwitch _faults;

    public UpdateReader(AgentSettings settings, EntryTable entries, FaultSwitch faults)
    {
        _settings = settings;
        _entries = entries;
        _faults = faults;
    }

    /// <exception cref="SettingsException">Something is unknown or cannot be used.</exception>
    public AgentUpdate Read(string line)
    {
        try
        {
            UpdateMessage message = JsonSerializer.Deserialize(line, ContractJson.Default.UpdateMessage)
                ?? throw new SettingsException("The update is 'null'; expected a JSON object.");
            return new AgentUpdate(
                ReadEntries(message),
                [.. message.Rotate.Select(name => ReadName<DevAgentRotation>(name, "rotate"))],
                [.. message.Redact.Select(ReadRedacted)],
                message.Restore,
                new FaultSet(
                    message.Faults?.Select(name => ReadName<DevAgentFault>(name, "faults")).ToHashSet() ?? _faults.Current.Faults,
                    ReadDelay(message.DelayMs)));
        }
        catch (JsonException exception)
        {
            throw new SettingsException($"The update is not the JSON that was expected: {JsonFault.Describe(exception)}", exception);
        }
    }

    private List<Entry>? ReadEntries(UpdateMessage message)
    {
        if (message.Entries.Length == 0 && message.RemoveEntries.Length == 0)
        {
            return null;
        }

        if (_settings.ConfigPath is not null)
        {
            throw new SettingsException(
                $"This agent has its entries from '{_settings.ConfigPath}'; change that file, which is read again.");
        }

        IReadOnlyList<Entry> put = new EntryReader(
            _settings.TrustDomain, _settings.SvidTtl, _settings.Config.Federated).Read(message.Entries);
        HashSet<SpiffeId> removed =
            [.. message.RemoveEntries.Select(id => SettingsException.Parse(id, SpiffeId.Parse, "removeEntries"))];
        IReadOnlyList<Entry> before = _entries.Entries ?? [];
        if (removed.FirstOrDefault(id => before.All(entry => entry.SpiffeId != id)) is { } unknown)
        {
            throw new SettingsException($"No entry has the ID '{unknown}'.");
        }

        return Merge(before, put, removed);
    }

    /// <summary>A changed entry keeps its place, a new one comes behind the others.</summary>
    private static List<Entry> Merge(IReadOnlyList<Entry> before, IReadOnlyList<Entry> put, HashSet<SpiffeId> removed)
    {
        ILookup<SpiffeId, Entry> changes = put.ToLookup(entry => entry.SpiffeId);
        List<Entry> after = [];
        HashSet<SpiffeId> placed = [];
        foreach (Entry entry in before.Where(entry => !removed.Contains(entry.SpiffeId)))
        {
            if (!changes.Contains(entry.SpiffeId))
            {
                after.Add(entry);
            }
            else if (placed.Add(entry.SpiffeId))
            {
                after.AddRange(changes[entry.SpiffeId]);
            }
        }

        after.AddRange(put.Where(entry => !placed.Contains(entry.SpiffeId)));
        EntryReader.CheckHints(after);
        return after;
    }

    private SpiffeId ReadRedacted(string text)
    {
        SpiffeId id = SettingsException.Parse(text, SpiffeId.Parse, "redact");
        return id == _settings.TrustDomain.Id
            ? throw new SettingsException(
                $"redact has '{id}'; without the bundle of its own trust domain no message is valid. The fault NoBundle sends such.")
            : id;
    }

    private TimeSpan ReadDelay(int? milliseconds) => milliseconds switch
    {
        null => _faults.Current.Delay,
        >= 0 and <= AgentLimits.MaxDelayMs => TimeSpan.FromMilliseconds(milliseconds.Value),
        _ => throw new SettingsException($"delayMs is {milliseconds}; expected 0 to {AgentLimits.MaxDelayMs}."),
    };

    private static T ReadName<T>(string name, string where)
        where T : struct, Enum =>
        Enum.GetNames<T>().Contains(name, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<T>(name, ignoreCase: true)
            : throw new SettingsException(
                $"{where} has {Quoted.Text(name)}; expected one of {string.Join(", ", Enum.GetNames<T>())}.");
}
