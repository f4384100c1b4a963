using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Invoke, "SpiffeWebRequest", DefaultParameterSetName = SpiffeIdSet)]
[OutputType(typeof(BasicHtmlWebResponseObject), typeof(WebResponseObject))]
public sealed class InvokeSpiffeWebRequestCommand : WebRequestCommand
{
    private protected override void Write(HttpResponseMessage response, byte[] content)
    {
        MemoryStream stream = new(content);
        WriteObject(ResponseText.IsText(response)
            ? new BasicHtmlWebResponseObject(response, stream, LongestPause, PipelineStopToken)
            : new WebResponseObject(response, stream, LongestPause, PipelineStopToken));
    }
}
