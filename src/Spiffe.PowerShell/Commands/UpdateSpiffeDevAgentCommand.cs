using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.Update, "SpiffeDevAgent", SupportsShouldProcess = true)]
[OutputType(typeof(DevAgent))]
public sealed class UpdateSpiffeDevAgentCommand : RunningDevAgentCommand
{
    [Parameter]
    [Properties]
    [ValidateNotNull]
    [NotAFile]
    public Hashtable[] Entry { get; set; } = [];

    [Parameter]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(EntryCompleter))]
    [ValidateNotNull]
    public SpiffeId[] RemoveEntry { get; set; } = [];

    [Parameter]
    [ValidateNotNull]
    public DevAgentRotation[] Rotate { get; set; } = [];

    [Parameter]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(EntryCompleter))]
    [ValidateNotNull]
    public SpiffeId[] Redact { get; set; } = [];

    [Parameter]
    public SwitchParameter Restore { get; set; }

    [Parameter]
    [ValidateNotNull]
    public DevAgentFault[]? Fault { get; set; }

    [Parameter]
    [ValidateRange(0, AgentLimits.MaxDelayMs)]
    [NotAFile]
    public int? DelayMs { get; set; }

    [Parameter]
    public SwitchParameter ClearFault { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        UpdateMessage update = CreateUpdate();
        DevAgentProcess[] running = RunningDevAgents.Find();
        if (ProcessId is null && running.Length == 0)
        {
            throw new SpiffeException(SpiffeErrorReason.DevAgentNotFound, "No development agent of this session is running.");
        }

        foreach (DevAgentProcess agent in Select(running))
        {
            if (ShouldProcess(agent.Endpoint, "Update the development agent"))
            {
                TryUpdate(agent, update);
            }
        }
    });

    private UpdateMessage CreateUpdate() => new()
    {
        Entries = EntryReader.Read(Entry),
        RemoveEntries = [.. RemoveEntry.Select(id => id.ToString())],
        Rotate = [.. Rotate.Select(rotation => rotation.ToString())],
        Redact = [.. Redact.Select(id => id.ToString())],
        Restore = Restore,
        Faults = Fault is null && !ClearFault ? null : [.. (Fault ?? []).Select(fault => fault.ToString())],
        DelayMs = DelayMs is null && ClearFault ? 0 : DelayMs,
    };

    private void TryUpdate(DevAgentProcess agent, UpdateMessage update) => Try(agent.Id, () =>
    {
        DevAgent updated = Wait(
            token => agent.UpdateAsync(update, token), SpiffeErrorReason.Timeout, $"The development agent {agent.Id}");
        SeenNames.At(agent.Endpoint).Note(update.Entries);
        if (PassThru)
        {
            WriteObject(updated);
        }
    });
}
