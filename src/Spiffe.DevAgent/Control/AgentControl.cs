using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>Does what the owner asks for, apart from the Workload API.</summary>
internal sealed class AgentControl
{
    private readonly UpdateReader _reader;
    private readonly EntryTable _entries;
    private readonly SvidIssuer _issuer;
    private readonly Redactions _redactions;
    private readonly FaultSwitch _faults;
    private readonly ChangeSignal _changes;
    private readonly AgentLog _log;

    public AgentControl(
        UpdateReader reader,
        EntryTable entries,
        SvidIssuer issuer,
        Redactions redactions,
        FaultSwitch faults,
        ChangeSignal changes,
        AgentLog log)
    {
        _reader = reader;
        _entries = entries;
        _issuer = issuer;
        _redactions = redactions;
        _faults = faults;
        _changes = changes;
        _log = log;
    }

    /// <summary>Applies one update, and returns the answer to it as a line of JSON.</summary>
    public string Apply(string line)
    {
        try
        {
            Apply(_reader.Read(line));
            return Reply(error: null);
        }
        catch (SettingsException exception)
        {
            _log.Write($"update refused: {exception.Message}");
            return Reply(exception.Message);
        }
    }

    private static string Reply(string? error) =>
        JsonSerializer.Serialize(new UpdateReply(error), ContractJson.Default.UpdateReply);

    private void Apply(AgentUpdate update)
    {
        if (update.Entries is not null)
        {
            _entries.Replace(update.Entries);
        }

        if (update.Restore)
        {
            _redactions.Clear();
        }

        _redactions.Add(update.Redact);
        _faults.Set(update.Faults);
        _issuer.Rotate(update.Rotate);
        _log.Write(
            $"updated: {_entries.Entries?.Count.ToString(provider: null) ?? "per-user"} entries, " +
            $"rotate {List(update.Rotate)}, redact {List(update.Redact)}, " +
            $"faults {List(update.Faults.Faults)}, delay {update.Faults.Delay.TotalMilliseconds} ms");
        _changes.Raise();
    }

    private static string List<T>(IReadOnlyCollection<T> items) => items.Count == 0 ? "none" : string.Join(' ', items);
}
