using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeId")]
[OutputType(typeof(bool))]
public sealed class TestSpiffeIdCommand : SpiffeIdInputCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Unwrap(nameof(Svid.SpiffeId))]
    [AllowEmptyString]
    [AllowNull]
    [NotAFile]
    public object? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            Read(InputObject);
            WriteObject(sendToPipeline: true);
        }
        catch (SpiffeException exception)
        {
            WriteVerbose(exception.Message);
            WriteObject(sendToPipeline: false);
        }
    }
}
