using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Spiffe.Commands;

/// <summary>Unsuccessful answers and broken exchanges, as Invoke-WebRequest reports them.</summary>
internal static class WebError
{
    private const string Id = "WebCmdletWebResponseException";

    /// <summary>The server answered with an error; its words are the details, as those of Invoke-WebRequest are.</summary>
    public static ErrorRecord Create(HttpResponseMessage response, string body)
    {
        string message = $"Response status code does not indicate success: {(int)response.StatusCode} ({Quoted.Line(response.ReasonPhrase)}).";
        return new ErrorRecord(
            new HttpResponseException(message, response), Id, ErrorCategory.InvalidOperation, response.RequestMessage)
        {
            ErrorDetails = new ErrorDetails(body.Length > 0 ? Quoted.Lines(body) : message)
            {
                RecommendedAction = "Correct the request as the server says, or use -SkipHttpErrorCheck to take the answer as it is.",
            },
        };
    }

    /// <summary>HTTP itself broke off.</summary>
    public static ErrorRecord Create(Exception exception, Uri uri) =>
        new(exception, Id, ErrorCategory.ConnectionError, uri)
        {
            ErrorDetails = new ErrorDetails(Quoted.Line(exception.Message))
            {
                RecommendedAction = "Check the server, and that it supports the requested version of HTTP.",
            },
        };
}
