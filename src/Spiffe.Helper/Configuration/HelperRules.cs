namespace Spiffe.Helper;

/// <summary>The rules of a configuration, in SPIFFE Helper's order: the first one that is broken ends the check.</summary>
internal sealed class HelperRules
{
    private const int DefaultPort = 8081;
    private const int MaxPort = 65535;
    private const int DefaultCertificateMode = 0b110_100_100;
    private const int DefaultSecretMode = 0b110_000_000;
    private const int ModeBits = 0b111_111_111;

    private readonly HelperKeys _keys;
    private readonly string _baseFolder;
    private readonly bool _isOneShot;

    /// <param name="keys">What the configuration says.</param>
    /// <param name="baseFolder">Where relative paths begin.</param>
    /// <param name="isOneShot">Whether files are written once; null for what the configuration says.</param>
    public HelperRules(HelperKeys keys, string baseFolder, bool? isOneShot)
    {
        _keys = keys;
        _baseFolder = baseFolder;
        _isOneShot = isOneShot ?? !keys.DaemonMode.Value;
    }

    /// <exception cref="ConfigurationFaultException">The first rule that is broken.</exception>
    public HelperConfiguration Apply()
    {
        RefuseUnknownKeys();
        Require(!OperatingSystem.IsWindows() || _keys.RenewSignal.Value.Length == 0, _keys.RenewSignal.Position,
            "renew_signal is set, and Windows has no signals; use -OnRenewed or -RestartService");
        CheckJwtSvids();
        CheckAddress();
        CheckPidFile();
        bool hasX509 = CheckFileNames();
        HelperConfiguration configuration = new()
        {
            AgentAddress = _keys.AgentAddress.Value is { Length: > 0 } address ? address : null,
            WorkingFolder = _baseFolder,
            Folder = Path.GetFullPath(_keys.Folder.Value.Length == 0 ? "." : _keys.Folder.Value, _baseFolder),
            CertificatePath = hasX509 ? ResolveFile(_keys.CertificateFileName.Value) : null,
            KeyPath = hasX509 ? ResolveFile(_keys.KeyFileName.Value) : null,
            BundlePath = hasX509 ? ResolveFile(_keys.BundleFileName.Value) : null,
            JwtSvids = [.. _keys.JwtSvids.Select(svid => new HelperJwtSvid(
                ResolveFile(svid.FileName.Value)!, [svid.Audience.Value, .. svid.ExtraAudiences]))],
            JwtBundlePath = ResolveFile(_keys.JwtBundleFileName.Value),
            CertificateMode = ReadMode(_keys.CertificateMode, "cert_file_mode", DefaultCertificateMode),
            KeyMode = ReadMode(_keys.KeyMode, "key_file_mode", DefaultSecretMode),
            JwtBundleMode = ReadMode(_keys.JwtBundleMode, "jwt_bundle_file_mode", DefaultSecretMode),
            JwtSvidMode = ReadMode(_keys.JwtSvidMode, "jwt_svid_file_mode", DefaultSecretMode),
            AddIntermediatesToBundle = _keys.AddIntermediatesToBundle,
            IncludeFederatedDomains = _keys.IncludeFederatedDomains.Value,
            OmitExpired = _keys.OmitExpired,
            Hint = _keys.Hint,
            Command = _isOneShot || _keys.Command.Value.Length == 0 ? null : _keys.Command.Value,
            Arguments = _isOneShot ? [] : [.. SplitArguments()],
            PidPath = _keys.PidFileName.Value.Length == 0 ? null : Path.GetFullPath(_keys.PidFileName.Value, _baseFolder),
            RenewSignal = _isOneShot ? null : ReadSignal(),
            IsOneShot = _isOneShot,
            HealthPort = ReadPort(),
            LivenessPath = ReadPath(_keys.LivenessPath, "/live"),
            ReadinessPath = ReadPath(_keys.ReadinessPath, "/ready"),
        };
        CheckPaths(configuration);
        return configuration;
    }

    private void RefuseUnknownKeys()
    {
        Refuse("unknown: ", _keys.UnknownKeys);
        for (int i = 0; i < _keys.JwtSvids.Count; i++)
        {
            Refuse($"unknown in jwt_svids[{i}]: ", _keys.JwtSvids[i].UnknownKeys);
        }

        static void Refuse(string prefix, IEnumerable<HclKey> keys)
        {
            HclKey[] unknown = [.. keys];
            Require(unknown.Length == 0, unknown.FirstOrDefault().Position,
                prefix + string.Join(", ", unknown.Select(key => Quoted.Text(key.Text)).Distinct().Order(StringComparer.Ordinal)));
        }
    }

    private void CheckJwtSvids()
    {
        foreach (JwtSvidKeys svid in _keys.JwtSvids)
        {
            Require(svid.FileName.Value.Length > 0, svid.Audience.Position,
                "an entry of jwt_svids has no jwt_svid_file_name; entries are written as jwt_svids = [{ … }]");
            Require(svid.Audience.Value.Length > 0, svid.FileName.Position, "an entry of jwt_svids has no jwt_audience");
        }
    }

    /// <summary>SPIFFE Helper puts <c>unix://</c> before it, and does not get through with anything but an absolute path.</summary>
    private void CheckAddress() => Require(
        OperatingSystem.IsWindows() || _keys.AgentAddress.Value is "" or ['/', ..],
        _keys.AgentAddress.Position,
        $"agent_address is {Quoted.Text(_keys.AgentAddress.Value)}; expected the absolute path of the socket, without 'unix://'");

    private void CheckPidFile()
    {
        bool hasPidFile = _keys.PidFileName.Value.Length > 0;
        Require(!(_isOneShot && hasPidFile), _keys.PidFileName.Position,
            "pid_file_name is set, and with daemon_mode = false no process is signalled");
        Require(!hasPidFile || _keys.RenewSignal.Value.Length > 0, _keys.PidFileName.Position,
            "pid_file_name is set and renew_signal is not; one needs the other");
    }

    /// <summary>Whether the files of an X509-SVID are written.</summary>
    private bool CheckFileNames()
    {
        Setting<string>[] names = [_keys.CertificateFileName, _keys.KeyFileName, _keys.BundleFileName];
        int count = names.Count(name => name.Value.Length > 0);
        Require(count is 0 or 3, names.FirstOrDefault(name => name.Value.Length > 0).Position,
            "svid_file_name, svid_key_file_name and svid_bundle_file_name go together: expected all of them or none");
        Require(count > 0 || _keys.JwtSvids.Count > 0 || _keys.JwtBundleFileName.Value.Length > 0, default,
            "there is nothing to write; expected svid_file_name, svid_key_file_name and svid_bundle_file_name, or jwt_svids, " +
            "or jwt_bundle_file_name");
        return count > 0;
    }

    private static UnixFileMode ReadMode(Setting<long> mode, string key, int missing)
    {
        Require(mode.Value >= 0, mode.Position, $"{key} is {mode.Value}; expected a mode such as 0640");
        return (UnixFileMode)(mode.Value == 0 ? missing : mode.Value & ModeBits);
    }

    private IReadOnlyList<string> SplitArguments()
    {
        try
        {
            return GoArguments.Split(_keys.Arguments.Value);
        }
        catch (FormatException exception)
        {
            throw new ConfigurationFaultException(_keys.Arguments.Position, $"cmd_args cannot be split: {exception.Message}");
        }
    }

    private string? ReadSignal()
    {
        Setting<string> signal = _keys.RenewSignal;
        Require(signal.Value.Length == 0 || SignalNumber.Find(signal.Value) is not null, signal.Position,
            $"renew_signal is {Quoted.Text(signal.Value)}; expected a signal of this system, such as SIGHUP");
        return signal.Value.Length == 0 ? null : signal.Value;
    }

    private int? ReadPort()
    {
        if (!_keys.ListenerEnabled)
        {
            return null;
        }

        Setting<long> port = _keys.BindPort;
        Require(port.Value is >= 0 and <= MaxPort, port.Position, $"bind_port is {port.Value}; expected a port from 1 to {MaxPort}");
        return _isOneShot ? null : port.Value == 0 ? DefaultPort : (int)port.Value;
    }

    private string ReadPath(Setting<string> path, string missing)
    {
        Require(!_keys.ListenerEnabled || path.Value is "" or ['/', ..], path.Position,
            $"the path {Quoted.Text(path.Value)} in health_checks does not begin with '/'");
        return path.Value.Length == 0 ? missing : path.Value;
    }

    private void CheckPaths(HelperConfiguration configuration)
    {
        Require(configuration.HealthPort is null || configuration.LivenessPath != configuration.ReadinessPath,
            _keys.ReadinessPath.Text is null ? _keys.LivenessPath.Position : _keys.ReadinessPath.Position,
            $"liveness_path and readiness_path are both {Quoted.Text(configuration.LivenessPath)}");
        string? twin = HelperFiles.PathsOf(configuration).GroupBy(path => path).FirstOrDefault(group => group.Count() > 1)?.Key;
        Require(twin is null, _keys.CertificateFileName.Position, $"two files have the name '{twin}'");
    }

    /// <summary>The folder and the name are joined, also where the name is absolute.</summary>
    private string? ResolveFile(string name)
    {
        string folder = _keys.Folder.Value;
        return name.Length == 0
            ? null
            : Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Length == 0 ? name : folder + "/" + name, _baseFolder));
    }

    private static void Require(bool isMet, FilePosition position, string message)
    {
        if (!isMet)
        {
            throw new ConfigurationFaultException(position, message);
        }
    }
}
