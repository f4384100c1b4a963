using System.Collections;
using System.Management.Automation;
using System.Runtime.InteropServices;
using Spiffe.Helper;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Invoke, "SpiffeHelper", SupportsShouldProcess = true, DefaultParameterSetName = FileSet)]
[OutputType(typeof(HelperEvent))]
public sealed class InvokeSpiffeHelperCommand : WorkloadApiCommand
{
    private const string FileSet = "File";
    private const string DictionarySet = "Dictionary";
    private const string FolderSet = "Folder";
    private const int OneShotTimeoutSec = 30;

    private string? _endpointOrigin;

    /// <summary>Files are kept fresh without end: unless the user sets a time, there is none.</summary>
    public InvokeSpiffeHelperCommand() => TimeoutSec = 0;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FileSet)]
    [ValidateNotNullOrEmpty]
    public string ConfigPath { get; set; } = string.Empty;

    [Parameter(Mandatory = true, ParameterSetName = DictionarySet)]
    [ValidateNotNull]
    public IDictionary? Configuration { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = FolderSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    [Parameter(ParameterSetName = FolderSet)]
    [FileName]
    public string? CertificateFileName { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [FileName]
    public string? KeyFileName { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [FileName]
    public string? BundleFileName { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [FileName]
    public string? JwtBundleFileName { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [ValidateNotNullOrEmpty]
    public IDictionary[]? JwtSvid { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [UnixMode]
    public UnixFileMode CertificateMode { get; set; } = AtomicFile.PublicMode;

    [Parameter(ParameterSetName = FolderSet)]
    [UnixMode]
    public UnixFileMode KeyMode { get; set; } = AtomicFile.PrivateMode;

    [Parameter(ParameterSetName = FolderSet)]
    [ArgumentCompleter(typeof(HintCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Hint { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    public SwitchParameter OmitExpired { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [ValidateNotNullOrEmpty]
    public string? Command { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [ValidateNotNullOrEmpty]
    public string? PidPath { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [ValidateNotNullOrEmpty]
    public string? RenewSignal { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [ValidateRange(1, 65535)]
    public int HealthPort { get; set; }

    [Parameter]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ValidateNotNull]
    public string[]? ArgumentList { get; set; }

    [Parameter]
    public SwitchParameter OneShot { get; set; }

    [Parameter]
    public SwitchParameter FederatedFiles { get; set; }

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
    public int StopTimeoutSec { get; set; } = 10;

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthAddress { get; set; }

    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? OnRenewed { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RestartService { get; set; } = [];

    private protected override string EndpointOrigin => _endpointOrigin ?? base.EndpointOrigin;

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
        using PosixSignalRegistration ending = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
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
            throw TimedOut($"The helper of {configuration.Folder} has run for the {TimeoutSec} s that were set for it.");
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

    private HelperConfiguration ReadConfiguration()
    {
        bool? isOneShot = MyInvocation.BoundParameters.ContainsKey(nameof(OneShot)) ? OneShot.IsPresent : null;
        string folder = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        HelperConfigurationReport report = ParameterSetName switch
        {
            FileSet => HelperConfigurationReader.ReadFile(ResolvePath(ConfigPath, SpiffeErrorReason.ReadFailed), folder, isOneShot),
            DictionarySet => HelperConfigurationReader.Read(Configuration!, folder, isOneShot),
            _ => HelperConfigurationReader.Read(
                HelperInput.FromParameters(MyInvocation.BoundParameters, ResolvePath(Path, SpiffeErrorReason.WriteFailed)), folder, isOneShot),
        };
        HelperConfiguration configuration = HelperConfigurationReader.GetValid(report);
        foreach (HelperFinding finding in report.Findings.Where(finding => !(FederatedFiles && finding.IsAboutFederation)))
        {
            WriteWarning(finding.Line == 0 ? finding.Message : $"{report.Path}, {finding.Place}: {finding.Message}");
        }

        return ArgumentList is null ? configuration : configuration.WithArguments(ArgumentList);
    }

    /// <summary>-Endpoint, else the configuration, else the environment, else where SPIFFE Helper looks.</summary>
    private void ChooseEndpoint(HelperConfiguration configuration)
    {
        if (Endpoint is null && (configuration.AgentAddress ?? (HasEndpointInEnvironment ? null : HelperInput.DefaultAddress)) is { } address)
        {
            _endpointOrigin = configuration.AgentAddress is null ? "SPIFFE Helper's default" : "agent_address";
            Endpoint = OperatingSystem.IsWindows() ? "npipe:" + address : address;
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
