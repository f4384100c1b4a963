using System.Management.Automation;
using System.Runtime.InteropServices;
using Spiffe.Helper;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Invoke, "SpiffeHelper", SupportsShouldProcess = true, DefaultParameterSetName = FileSet)]
[OutputType(typeof(HelperEvent))]
public sealed class InvokeSpiffeHelperCommand : HelperCommand
{
    private const int OneShotTimeoutSec = 30;

    /// <summary>Files are kept fresh without end: unless the user sets a time, there is none.</summary>
    public InvokeSpiffeHelperCommand() => TimeoutSec = 0;

    [Parameter]
    public SwitchParameter PlainFiles { get; set; }

    [Parameter]
    public HelperRestartPolicy RestartPolicy { get; set; }

    [Parameter]
    public HelperRenewalAction RenewalAction { get; set; }

    [Parameter]
    public SwitchParameter SignalOnJwtRenewal { get; set; }

    [Parameter]
    public HelperWithdrawalAction OnWithdrawn { get; set; }

    [Parameter]
    public SwitchParameter LeaveRunning { get; set; }

    [Parameter]
    public SwitchParameter EndWithCommand { get; set; }

    [Parameter]
    [ValidateRange(0, 3600)]
    [NotAFile]
    public int StopTimeoutSec { get; set; } = 10;

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? HealthAddress { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public ScriptBlock? OnRenewed { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string[] RestartService { get; set; } = [];

    protected override void ProcessRecord() => Guard(() =>
    {
        HelperConfiguration configuration = ReadConfiguration();
        RenewalScript renewal = new(OnRenewed, RestartService, this);
        if (!ShouldProcess(configuration.Folder, HelperInput.Describe(configuration)))
        {
            return;
        }

        ChooseEndpoint(configuration);
        TimeoutSec = configuration.IsOneShot && !MyInvocation.BoundParameters.ContainsKey(nameof(TimeoutSec)) ? OneShotTimeoutSec : TimeoutSec;
        IWorkloadApi api = WorkloadApiFactory.For(ResolveEndpoint());
        using CancellationTokenSource timeout = CreateTimeout();
        using CancellationTokenSource stop = new();

        // What is written once has nothing to stop: there the signal ends the process, as it does anywhere else.
        using PosixSignalRegistration? ending = configuration.IsOneShot ? null : PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        IAsyncEnumerable<HelperEvent> events = configuration.IsOneShot
            ? OneShotRun.RunAsync(api, configuration, CreateOptions(), timeout.Token)
            : HelperRun.RunAsync(api, configuration, CreateOptions(), stop.Token, timeout.Token);
        try
        {
            foreach (HelperEvent news in events.ToBlockingEnumerable(timeout.Token))
            {
                Tell(news, renewal);
            }
        }
        catch (OperationCanceledException) when (HasTimedOut(timeout))
        {
            throw TimedOut($"The helper of {configuration.Folder} has reached its limit of {TimeoutSec} s.");
        }
    });

    private void Tell(HelperEvent news, RenewalScript renewal)
    {
        if (news.ExitCode is { } exitCode)
        {
            SessionState.PSVariable.Set("global:LASTEXITCODE", exitCode);
        }

        WriteObject(news);
        if (news.Kind is HelperEventKind.Written or HelperEventKind.TokenRenewed && renewal.Run(news) is { } error)
        {
            WriteError(error);
        }
    }

    private HelperOptions CreateOptions() => new()
    {
        HasFederatedFiles = FederatedFiles,
        HasPlainFiles = PlainFiles,
        RestartPolicy = RestartPolicy,
        RenewalAction = RenewalAction,
        SignalsJwtRenewal = SignalOnJwtRenewal,
        OnWithdrawn = OnWithdrawn,
        LeavesRunning = LeaveRunning,
        EndsWithCommand = EndWithCommand,
        StopPatience = TimeSpan.FromSeconds(StopTimeoutSec),
        HealthAddress = HealthAddress,
    };
}
