using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>What <c>Invoke-SpiffeHelper</c> does: the configuration with all defaults filled in and all paths absolute.</summary>
public sealed record HelperConfiguration
{
    /// <summary>The Workload API's address in the form that the file has it; null where the file does not say.</summary>
    public string? AgentAddress { get; internal init; }

    /// <summary>The folder that relative paths start from, and that the program runs in.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>The folder that the names of files start from.</summary>
    public required string Folder { get; init; }

    /// <summary>The file for the X509-SVID, leaf first; null where none is written.</summary>
    public string? CertificatePath { get; internal init; }

    /// <summary>The file for the private key; null where none is written.</summary>
    public string? KeyPath { get; internal init; }

    /// <summary>The file for the X.509 authorities; null where none is written.</summary>
    public string? BundlePath { get; internal init; }

    /// <summary>The JWT-SVIDs that are written.</summary>
    public ReadOnlyCollection<HelperJwtSvid> JwtSvids { get; internal init; } = [];

    /// <summary>The file for the JWT bundles; null where none is written.</summary>
    public string? JwtBundlePath { get; internal init; }

    /// <summary>The mode of the files with certificates.</summary>
    public UnixFileMode CertificateMode { get; internal init; }

    /// <summary>The mode of the file with the private key.</summary>
    public UnixFileMode KeyMode { get; internal init; }

    /// <summary>The mode of the file with the JWT bundles.</summary>
    public UnixFileMode JwtBundleMode { get; internal init; }

    /// <summary>The mode of the files with JWT-SVIDs.</summary>
    public UnixFileMode JwtSvidMode { get; internal init; }

    /// <summary>All modes as chmod takes them, for views.</summary>
    public string Modes =>
        $"certificates {Octal(CertificateMode)}, key {Octal(KeyMode)}, JWT bundles {Octal(JwtBundleMode)}, JWT-SVIDs {Octal(JwtSvidMode)}";

    /// <summary>Whether intermediates go to the file with the authorities and not behind the leaf.</summary>
    public bool AddIntermediatesToBundle { get; internal init; }

    /// <summary>Whether the authorities of foreign trust domains go to the file with the authorities too.</summary>
    public bool IncludeFederatedDomains { get; internal init; }

    /// <summary>Whether certificates that have expired are left out.</summary>
    public bool OmitExpired { get; internal init; }

    /// <summary>The hint of the identity that is written; empty for the first one.</summary>
    public string Hint { get; internal init; } = string.Empty;

    /// <summary><see cref="Hint"/> as views show it: one line, what is not printable escaped.</summary>
    public string DisplayHint => Quoted.Line(Hint);

    /// <summary>The program that uses the files; null where none is started.</summary>
    public string? Command { get; internal init; }

    /// <summary>The program's arguments.</summary>
    public ReadOnlyCollection<string> Arguments { get; internal init; } = [];

    /// <summary>The file that names another process to signal; null where there is none.</summary>
    public string? PidPath { get; internal init; }

    /// <summary>The signal that says that files are new, such as SIGHUP; null where none is sent.</summary>
    public string? RenewSignal { get; internal init; }

    /// <summary>Whether the files are written once and not kept fresh (<c>daemon_mode = false</c>).</summary>
    public bool IsOneShot { get; internal init; }

    /// <summary>The TCP port of the health checks; null where there are none.</summary>
    public int? HealthPort { get; internal init; }

    /// <summary>Where the health checks say whether anything failed.</summary>
    public string LivenessPath { get; internal init; } = string.Empty;

    /// <summary>Where the health checks say whether all files are written.</summary>
    public string ReadinessPath { get; internal init; } = string.Empty;

    /// <summary>The configuration as plain values: modes as chmod takes them, JWT-SVIDs as audiences by file.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "AgentAddress", AgentAddress },
        { "WorkingFolder", WorkingFolder },
        { "Folder", Folder },
        { "CertificatePath", CertificatePath },
        { "KeyPath", KeyPath },
        { "BundlePath", BundlePath },
        { "JwtSvids", JwtSvids.ToDictionary(svid => svid.Path, svid => svid.Audience) },
        { "JwtBundlePath", JwtBundlePath },
        { "CertificateMode", Octal(CertificateMode) },
        { "KeyMode", Octal(KeyMode) },
        { "JwtBundleMode", Octal(JwtBundleMode) },
        { "JwtSvidMode", Octal(JwtSvidMode) },
        { "AddIntermediatesToBundle", AddIntermediatesToBundle },
        { "IncludeFederatedDomains", IncludeFederatedDomains },
        { "OmitExpired", OmitExpired },
        { "Hint", Hint },
        { "Command", Command },
        { "Arguments", Arguments },
        { "PidPath", PidPath },
        { "RenewSignal", RenewSignal },
        { "IsOneShot", IsOneShot },
        { "HealthPort", HealthPort },
        { "LivenessPath", LivenessPath },
        { "ReadinessPath", ReadinessPath },
    };

    /// <summary>The files, and the program that uses them.</summary>
    public override string ToString()
    {
        string names = string.Join(", ", Helper.HelperFiles.PathsOf(this).Select(Path.GetFileName));
        return Command is null ? $"{names} in {Folder}" : $"{names} in {Folder} for {Command}";
    }

    internal static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, toBase: 8).PadLeft(3, '0');

    /// <summary>The same with other arguments for the program.</summary>
    internal HelperConfiguration WithArguments(IReadOnlyList<string> arguments) => this with { Arguments = [.. arguments] };
}
