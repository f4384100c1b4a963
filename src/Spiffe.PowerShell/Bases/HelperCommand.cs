using System.Collections;
using System.Management.Automation;
using Spiffe.Helper;

namespace Spiffe.Commands;

/// <summary>The configuration of Invoke-SpiffeHelper: from a file, from a hashtable, or from parameters.</summary>
public abstract class HelperCommand : WorkloadApiCommand
{
    private protected const string FileSet = "File";

    private const string DictionarySet = "Dictionary";
    private const string FolderSet = "Folder";

    private string? _endpointOrigin;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FileSet)]
    [ValidateNotNullOrEmpty]
    public string ConfigPath { get; set; } = string.Empty;

    [Parameter(Mandatory = true, ParameterSetName = DictionarySet)]
    [ValidateNotNull]
    [NotAFile]
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
    [NotAFile]
    public IDictionary[]? JwtSvid { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [UnixMode]
    [ArgumentCompletions("0644", "0640", "0600", "0444")]
    public string? CertificateMode { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [UnixMode(IsSecret = true)]
    [ArgumentCompletions("0600", "0640", "0400", "0440")]
    public string? KeyMode { get; set; }

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
    [ArgumentCompletions("SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1", "SIGUSR2")]
    public string? RenewSignal { get; set; }

    [Parameter(ParameterSetName = FolderSet)]
    [ValidateRange(1, 65535)]
    [NotAFile]
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

    private protected override string EndpointOrigin => _endpointOrigin ?? base.EndpointOrigin;

    private protected HelperConfiguration ReadConfiguration()
    {
        bool? isOneShot = MyInvocation.BoundParameters.ContainsKey(nameof(OneShot)) ? OneShot.IsPresent : null;
        string folder = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        HelperConfigurationReport report = ParameterSetName switch
        {
            FileSet => HelperConfigurationReader.ReadFile(ResolvePath(ConfigPath, SpiffeErrorReason.ReadFailed), folder, isOneShot),
            DictionarySet => HelperConfigurationReader.Read(HelperInput.Unwrap(Configuration!), folder, isOneShot),
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
    private protected void ChooseEndpoint(HelperConfiguration configuration)
    {
        if (Endpoint is null && (configuration.AgentAddress ?? (HasEndpointInEnvironment ? null : HelperInput.DefaultAddress)) is { } address)
        {
            _endpointOrigin = configuration.AgentAddress is null ? "SPIFFE Helper's default" : "agent_address";
            Endpoint = OperatingSystem.IsWindows() ? "npipe:" + address : address;
        }
    }
}
