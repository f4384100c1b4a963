using System.Collections;
using System.Management.Automation;
using Spiffe.Helper;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeHelperConfig", DefaultParameterSetName = FileSet)]
[OutputType(typeof(bool), typeof(HelperConfigurationReport))]
public sealed class TestSpiffeHelperConfigCommand : SpiffeCommand
{
    private const string FileSet = "File";
    private const string DictionarySet = "Dictionary";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = FileSet)]
    [Unwrap(IsText = true, IsPath = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string ConfigPath { get; set; } = string.Empty;

    [Parameter(Mandatory = true, ParameterSetName = DictionarySet)]
    [ValidateNotNull]
    [NotAFile]
    public IDictionary? Configuration { get; set; }

    [Parameter]
    public SwitchParameter OneShot { get; set; }

    [Parameter]
    public SwitchParameter Detailed { get; set; }

    protected override void ProcessRecord() => Try(ConfigPath, () =>
    {
        HelperConfigurationReport report = Read();
        if (Detailed)
        {
            WriteObject(report);
            return;
        }

        foreach (HelperFinding finding in report.Findings)
        {
            WriteVerbose(finding.ToString());
        }

        WriteObject(report.IsValid);
    });

    private HelperConfigurationReport Read()
    {
        bool? isOneShot = MyInvocation.BoundParameters.ContainsKey(nameof(OneShot)) ? OneShot.IsPresent : null;
        string folder = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        return Configuration is null
            ? HelperConfigurationReader.ReadFile(ResolvePath(ConfigPath, SpiffeErrorReason.ReadFailed), folder, isOneShot)
            : HelperConfigurationReader.Read(HelperInput.Unwrap(Configuration), folder, isOneShot);
    }
}
