using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Start, "SpiffeDevAgent", SupportsShouldProcess = true)]
[OutputType(typeof(DevAgent))]
public sealed class StartSpiffeDevAgentCommand : SpiffeCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Parameter(Position = 0)]
    [ValidateNotNull]
    public TrustDomain TrustDomain { get; set; } = TrustDomain.Parse("example.org");

    [Parameter]
    [Alias("SocketPath")]
    [ValidateNotNullOrEmpty]
    public string? Endpoint { get; set; }

    [Parameter]
    [ValidateNotNull]
    public Hashtable[] Entry { get; set; } = [];

    [Parameter]
    [ValidateRange(2, 86_400)]
    public int SvidTtlSec { get; set; } = 3600;

    [Parameter]
    public SwitchParameter SetEnvironment { get; set; }

    private protected override object? ErrorTarget => Endpoint;

    protected override void ProcessRecord() => Guard(() =>
    {
        string? endpoint = Endpoint is null ? null : WorkloadApiEndpoint.ParseUserInput(Endpoint).ToString();
        DevAgentSettings settings = new(endpoint, TrustDomain.Name, SvidTtlSec, ReadEntries());
        if (!ShouldProcess(endpoint ?? "a private socket", $"Start a development agent of {TrustDomain}"))
        {
            return;
        }

        DevAgentProcess agent = Start(settings);
        if (SetEnvironment)
        {
            agent.SetEnvironment();
        }

        WriteObject(agent.Agent);
    });

    private DevAgentEntry[] ReadEntries()
    {
        try
        {
            return [.. Entry.Select(EntryReader.Read)];
        }
        catch (PSArgumentException exception)
        {
            ErrorRecord record = new(exception, "EntryInvalid", ErrorCategory.InvalidArgument, Entry)
            {
                ErrorDetails = new ErrorDetails(exception.Message)
                {
                    RecommendedAction = "Give entries such as @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }.",
                },
            };
            ThrowTerminatingError(record);
            throw;
        }
    }

    private DevAgentProcess Start(DevAgentSettings settings)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(PipelineStopToken);
        source.CancelAfter(s_patience);
        try
        {
            return DevAgentProcess.StartAsync(settings, source.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!PipelineStopToken.IsCancellationRequested)
        {
            throw new SpiffeException(
                SpiffeErrorReason.DevAgentFailed,
                $"The development agent did not come up: it said nothing for {s_patience.TotalSeconds} s.");
        }
    }
}
