using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Invoke, "SpiffeWebRequest", DefaultParameterSetName = SpiffeIdSet)]
[OutputType(typeof(BasicHtmlWebResponseObject), typeof(WebResponseObject))]
public sealed class InvokeSpiffeWebRequestCommand : WebRequestCommand
{
    private protected override void Write(HttpResponseMessage response, byte[] content)
    {
        BasicHtmlWebResponseObject? text = ResponseText.IsText(response)
            ? new BasicHtmlWebResponseObject(response, new MemoryStream(content), LongestPause, PipelineStopToken)
            : null;

        // The engine's class leaves out what it does not take for text, such as application/problem+json.
        WriteObject(text is not null && (text.Content.Length > 0 || content.Length == 0)
            ? text
            : new WebResponseObject(response, new MemoryStream(content), LongestPause, PipelineStopToken));
    }
}
