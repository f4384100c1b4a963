using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Start, "SpiffeDevAgent", SupportsShouldProcess = true, DefaultParameterSetName = EntrySet)]
[OutputType(typeof(DevAgent))]
public sealed class StartSpiffeDevAgentCommand : DevAgentCommand
{
    private const string EntrySet = "Entry";
    private const string ConfigSet = "Config";

    [Parameter(Position = 0)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain TrustDomain { get; set; } = TrustDomain.Parse(SettingsMessage.DefaultTrustDomain);

    [Parameter]
    [Alias("SocketPath")]
    [ValidateNotNullOrEmpty]
    public string? Endpoint { get; set; }

    [Parameter(ParameterSetName = EntrySet)]
    [Properties]
    [ValidateNotNull]
    [NotAFile]
    public Hashtable[]? Entry { get; set; }

    [Parameter(ParameterSetName = EntrySet)]
    [ValidateNotNull]
    [NotAFile]
    public Hashtable FederatedBundle { get; set; } = [];

    [Parameter(ParameterSetName = EntrySet)]
    [ValidateNotNull]
    [NotAFile]
    public Hashtable[] FederatesWith { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = ConfigSet)]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    [Parameter]
    [ValidateRange(AgentLimits.MinSvidTtlSec, AgentLimits.MaxSvidTtlSec)]
    [NotAFile]
    public int SvidTtlSec { get; set; } = AgentLimits.DefaultSvidTtlSec;

    [Parameter]
    [ValidateRange(AgentLimits.MinAuthorityTtlSec, AgentLimits.MaxAuthorityTtlSec)]
    [NotAFile]
    public int AuthorityTtlSec { get; set; } = AgentLimits.DefaultAuthorityTtlSec;

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DataPath { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BundlePath { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? BundleEndpoint { get; set; }

    [Parameter]
    public BundleEndpointProfile BundleEndpointProfile { get; set; } = BundleEndpointProfile.HttpsSpiffe;

    [Parameter]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    public SpiffeId? BundleEndpointSpiffeId { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BundleEndpointCertificatePath { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BundleEndpointKeyPath { get; set; }

    [Parameter]
    [ValidateRange(AgentLimits.MinRefreshHintSec, AgentLimits.MaxRefreshHintSec)]
    [NotAFile]
    public int BundleRefreshHintSec { get; set; } = AgentLimits.DefaultRefreshHintSec;

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    [Parameter]
    public SwitchParameter SetEnvironment { get; set; }

    private protected override object? ErrorTarget => Endpoint;

    protected override void ProcessRecord() => Guard(() =>
    {
        SettingsMessage settings = CreateSettings();
        if (!ShouldProcess(settings.Endpoint ?? "a private socket", $"Start a development agent of {TrustDomain}"))
        {
            return;
        }

        DevAgentProcess agent = Wait(
            token => DevAgentProcess.StartAsync(settings, token),
            SpiffeErrorReason.DevAgentFailed,
            "The development agent did not start: it");
        SeenNames.At(agent.Endpoint).Note(settings.Entries);
        if (SetEnvironment)
        {
            RunningDevAgents.SetEnvironment(agent);
        }

        WriteObject(agent.Describe());
    });

    private SettingsMessage CreateSettings() => new()
    {
        TrustDomain = TrustDomain.Name,
        Endpoint = Endpoint is null ? null : ReadEndpoint(Endpoint).ToString(),
        SvidTtlSec = SvidTtlSec,
        AuthorityTtlSec = AuthorityTtlSec,
        Entries = Entry is null ? null : EntryReader.Read(Entry),
        FederatedBundles = ReadFederatedBundles(),
        FederatesWith = FederationReader.Read(FederatesWith, path => ResolvePath(path)!),
        ConfigPath = ResolvePath(ConfigPath),
        DataPath = ResolvePath(DataPath),
        BundlePath = ResolvePath(BundlePath),
        BundleEndpoint = BundleEndpoint is null ? null : new BundleEndpointMessage
        {
            Address = BundleEndpoint,
            Profile = BundleEndpointProfile.ToString(),
            SpiffeId = BundleEndpointSpiffeId?.ToString(),
            CertificatePath = ResolvePath(BundleEndpointCertificatePath),
            KeyPath = ResolvePath(BundleEndpointKeyPath),
        },
        BundleRefreshHintSec = BundleRefreshHintSec,
        LogPath = ResolvePath(LogPath),
    };

    private Dictionary<string, string> ReadFederatedBundles() => FederatedBundle.Cast<DictionaryEntry>().ToDictionary(
        pair => LanguagePrimitives.ConvertTo<string>(pair.Key),
        pair => ResolvePath(LanguagePrimitives.ConvertTo<string>(pair.Value))!);

    private string? ResolvePath(string? path) =>
        string.IsNullOrEmpty(path) ? path : ResolvePath(path, SpiffeErrorReason.DevAgentFailed);
}
