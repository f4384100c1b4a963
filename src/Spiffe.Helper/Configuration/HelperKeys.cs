namespace Spiffe.Helper;

/// <summary>What a configuration says, key by key, before any rule is applied.</summary>
internal sealed class HelperKeys
{
    private readonly ItemReader _reader;

    /// <exception cref="ConfigurationFaultException">A value is not of the kind that its key wants.</exception>
    public HelperKeys(IReadOnlyList<HclItem> items)
    {
        _reader = new ItemReader(items);
        AddIntermediatesToBundle = _reader.ReadBool("add_intermediates_to_bundle").Value;
        AgentAddress = _reader.ReadText("agent_address");
        Command = _reader.ReadText("cmd");
        Arguments = _reader.ReadText("cmd_args");
        PidFileName = _reader.ReadText("pid_file_name");
        Folder = _reader.ReadText("cert_dir");
        CertificateMode = _reader.ReadInteger("cert_file_mode");
        KeyMode = _reader.ReadInteger("key_file_mode");
        JwtBundleMode = _reader.ReadInteger("jwt_bundle_file_mode");
        JwtSvidMode = _reader.ReadInteger("jwt_svid_file_mode");
        IncludeFederatedDomains = _reader.ReadBool("include_federated_domains");
        OmitExpired = _reader.ReadBool("omit_expired").Value;
        RenewSignal = _reader.ReadText("renew_signal");
        DaemonMode = _reader.ReadBool("daemon_mode", missing: true);
        HealthChecks = _reader.ReadBlock("health_checks");
        ListenerEnabled = HealthChecks.ReadBool("listener_enabled").Value;
        BindPort = HealthChecks.ReadInteger("bind_port");
        LivenessPath = HealthChecks.ReadText("liveness_path");
        ReadinessPath = HealthChecks.ReadText("readiness_path");
        Hint = _reader.ReadText("hint").Value;
        CertificateFileName = _reader.ReadText("svid_file_name");
        KeyFileName = _reader.ReadText("svid_key_file_name");
        BundleFileName = _reader.ReadText("svid_bundle_file_name");
        JwtSvids = [.. _reader.ReadEntries("jwt_svids").Select(entry => new JwtSvidKeys(entry))];
        JwtBundleFileName = _reader.ReadText("jwt_bundle_file_name");
    }

    public bool AddIntermediatesToBundle { get; }

    public Setting<string> AgentAddress { get; }

    public Setting<string> Command { get; }

    public Setting<string> Arguments { get; }

    public Setting<string> PidFileName { get; }

    public Setting<string> Folder { get; }

    public Setting<long> CertificateMode { get; }

    public Setting<long> KeyMode { get; }

    public Setting<long> JwtBundleMode { get; }

    public Setting<long> JwtSvidMode { get; }

    public Setting<bool> IncludeFederatedDomains { get; }

    public bool OmitExpired { get; }

    public Setting<string> RenewSignal { get; }

    public Setting<bool> DaemonMode { get; }

    public ItemReader HealthChecks { get; }

    public bool ListenerEnabled { get; }

    public Setting<long> BindPort { get; }

    public Setting<string> LivenessPath { get; }

    public Setting<string> ReadinessPath { get; }

    public string Hint { get; }

    public Setting<string> CertificateFileName { get; }

    public Setting<string> KeyFileName { get; }

    public Setting<string> BundleFileName { get; }

    public IReadOnlyList<JwtSvidKeys> JwtSvids { get; }

    public Setting<string> JwtBundleFileName { get; }

    public IEnumerable<HclKey> UnknownKeys => _reader.UnknownKeys;

    /// <summary>Keys that SPIFFE Helper passes over without a word.</summary>
    public IEnumerable<HclKey> IgnoredKeys =>
    [
        .. _reader.IgnoredKeys,
        .. JwtSvids.SelectMany(svid => svid.IgnoredKeys),
        .. HealthChecks.UnknownKeys,
        .. HealthChecks.IgnoredKeys,
    ];
}
