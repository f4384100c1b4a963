using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Invoke, "SpiffeRestMethod", DefaultParameterSetName = SpiffeIdSet)]
[OutputType(typeof(PSObject), typeof(System.Xml.XmlDocument), typeof(string))]
public sealed class InvokeSpiffeRestMethodCommand : WebRequestCommand
{
    [Parameter]
    [Alias("RHV")]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? ResponseHeadersVariable { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? StatusCodeVariable { get; set; }

    private protected override void Note(HttpResponseMessage response)
    {
        if (ResponseHeadersVariable is not null)
        {
            SessionState.PSVariable.Set(ResponseHeadersVariable, response.Headers
                .Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase));
        }

        if (StatusCodeVariable is not null)
        {
            SessionState.PSVariable.Set(StatusCodeVariable, (int)response.StatusCode);
        }
    }

    private protected override void Write(HttpResponseMessage response, byte[] content)
    {
        using (response)
        {
            object? answer = ResponseText.Convert(response, content);
            IEnumerable<object>? items = ResponseText.FindFeedItems(answer);
            WriteObject(items ?? answer, enumerateCollection: items is not null);
        }
    }
}
