using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Register, "SpiffeSvidEvent", DefaultParameterSetName = SelectedSet)]
[OutputType(typeof(PSEventJob))]
public sealed class RegisterSpiffeSvidEventCommand : SvidWatchCommand
{
    /// <summary>A watch has no natural end: unless the user sets a time, it has none.</summary>
    public RegisterSpiffeSvidEventCommand() => TimeoutSec = 0;

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? SourceIdentifier { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public ScriptBlock? Action { get; set; }

    [Parameter]
    [NotAFile]
    public PSObject? MessageData { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NotAFile]
    public int MaxTriggerCount { get; set; }

    [Parameter]
    public SwitchParameter IncludeRetry { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        IWorkloadApi api = WorkloadApiFactory.For(ResolveEndpoint());
        string identifier = SourceIdentifier ?? Guid.NewGuid().ToString();
        if (Events.GetEventSubscribers(identifier).Any())
        {
            throw new SpiffeException(
                SpiffeErrorReason.SubscriberExists, $"This session has an event subscriber named {Quoted.Text(identifier)} already.");
        }

        SvidEventSource source = new(TimeSpan.FromSeconds(TimeoutSec));
        PSEventSubscriber subscriber = Events.SubscribeEvent(
            source, nameof(SvidEventSource.Updated), identifier, MessageData, Action, supportEvent: false, forwardEvent: false, MaxTriggerCount);
        subscriber.Unsubscribed += (_, _) => source.Stop();
        SvidHistory history = new(CreateFilter(), IncludeRetry);
        if (Type == SvidType.Jwt)
        {
            source.Start(api.WatchJwtSvidsAsync(Audience, OnlyId, source.EndToken), history);
        }
        else
        {
            source.Start(api.WatchX509SvidsAsync(source.EndToken), history);
        }

        if (subscriber.Action is { } job)
        {
            WriteObject(job);
        }
    });
}
