using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>What <c>Test-SpiffeHelperConfig -Detailed</c> says of a configuration.</summary>
public sealed class HelperConfigurationReport
{
    internal HelperConfigurationReport(string? path, HelperConfiguration? configuration, IReadOnlyList<HelperFinding> findings)
    {
        Path = path;
        Configuration = configuration;
        Findings = [.. findings];
    }

    /// <summary>The file; null where the configuration comes from a hashtable.</summary>
    public string? Path { get; }

    /// <summary>Whether <c>Invoke-SpiffeHelper</c> takes it.</summary>
    public bool IsValid => Configuration is not null && Findings.All(finding => finding.Severity != HelperFindingSeverity.Error);

    /// <summary>The effective configuration; null where the file cannot be read or breaks a rule.</summary>
    public HelperConfiguration? Configuration { get; }

    /// <summary>What its author should know, in the order of the lines.</summary>
    public ReadOnlyCollection<HelperFinding> Findings { get; }

    /// <summary>The report as plain values. <see cref="HelperConfiguration.ToRecord"/> has those of the configuration.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Path", Path },
        { "IsValid", IsValid },
        { "Findings", Findings.Select(finding => finding.ToRecord()).ToArray() },
    };
}
