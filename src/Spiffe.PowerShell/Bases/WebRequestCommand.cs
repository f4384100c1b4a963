using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>What Invoke-SpiffeRestMethod and Invoke-SpiffeWebRequest share: the parameters of their namesakes.</summary>
public abstract class WebRequestCommand : WebCommand
{
    private const int DefaultRetryIntervalSec = 5;

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string Uri { get; set; } = string.Empty;

    [Parameter]
    public WebRequestMethod Method { get; set; }

    [Parameter]
    [Alias("CM")]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? CustomMethod { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public IDictionary Headers { get; set; } = new Hashtable();

    [Parameter(ValueFromPipeline = true)]
    [NotAFile]
    public object? Body { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public IDictionary? Form { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? InFile { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompletions("application/json", "application/x-www-form-urlencoded", "text/plain")]
    public string? ContentType { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? UserAgent { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    public string? JwtAudience { get; set; }

    [Parameter]
    public SwitchParameter SkipHttpErrorCheck { get; set; }

    [Parameter]
    public SwitchParameter SkipHeaderValidation { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [NotAFile]
    public int MaximumRetryCount { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue / 1000)]
    [NotAFile]
    public int RetryIntervalSec { get; set; } = DefaultRetryIntervalSec;

    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    [NotAFile]
    public int OperationTimeoutSeconds { get; set; }

    [Parameter]
    [ArgumentCompletions("1.1", "2.0")]
    [ValidateNotNull]
    public Version HttpVersion { get; set; } = System.Net.HttpVersion.Version11;

    private protected override object? ErrorTarget => Uri;

    private protected TimeSpan LongestPause =>
        OperationTimeoutSeconds > 0 ? TimeSpan.FromSeconds(OperationTimeoutSeconds) : Timeout.InfiniteTimeSpan;

    private string MethodName => (CustomMethod ?? (Method != WebRequestMethod.Default ? Method.ToString()
        : Form is not null ? "POST" : "GET")).ToUpperInvariant();

    protected override void ProcessRecord() => Guard(() =>
    {
        WebRequestPlan plan = CreatePlan();
        string? path = OutFile is null ? null : WebFile.CheckTarget(ResolvePath(OutFile, SpiffeErrorReason.WriteFailed));
        (PeerSession session, X509Context context) = OpenSession();
        string? token = JwtAudience is null ? null : FetchToken(plan, JwtAudience, context.Svid?.SpiffeId);
        WebExchange exchange = new(session.GetInvoker(Rule, CreateOptions()), plan, token)
        {
            Patience = ConnectionTimeoutSeconds > 0 ? TimeSpan.FromSeconds(ConnectionTimeoutSeconds) : Timeout.InfiniteTimeSpan,
            MaximumRetryCount = MaximumRetryCount,
            RetryInterval = TimeSpan.FromSeconds(RetryIntervalSec),
        };
        try
        {
            HttpResponseMessage response = exchange.SendAsync(PipelineStopToken).GetAwaiter().GetResult();
            WriteVerbose(exchange.Summary);
            Receive(response, path);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UriFormatException)
        {
            PipelineStopToken.ThrowIfCancellationRequested();
            ThrowTerminatingError(WebError.Create(exception, plan.Uri));
        }
    });

    /// <summary>Makes the output of an answer.</summary>
    private protected abstract void Write(HttpResponseMessage response, byte[] content);

    /// <summary>Keeps what the user wants to know of an answer beside its content.</summary>
    private protected virtual void Note(HttpResponseMessage response)
    {
    }

    private void Receive(HttpResponseMessage response, string? path)
    {
        if (!response.IsSuccessStatusCode && !SkipHttpErrorCheck)
        {
            byte[] body = ResponseContent.ReadAsync(response, LongestPause, PipelineStopToken).GetAwaiter().GetResult();
            ThrowTerminatingError(WebError.Create(response, ResponseText.Decode(response, body)));
        }

        if (path is not null && !PassThru)
        {
            using (response)
            {
                WebFile.SaveAsync(response, path, LongestPause, PipelineStopToken).GetAwaiter().GetResult();
                Note(response);
            }

            return;
        }

        byte[] content = ResponseContent.ReadAsync(response, LongestPause, PipelineStopToken).GetAwaiter().GetResult();
        if (path is not null)
        {
            WebFile.Save(content, path);
        }

        Note(response);
        Write(response, content);
    }

    private WebRequestPlan CreatePlan()
    {
        if ((Body is null ? 0 : 1) + (Form is null ? 0 : 1) + (InFile is null ? 0 : 1) > 1)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, "-Body, -Form and -InFile each define the body; use only one of them.");
        }

        if (CustomMethod is not null && Method != WebRequestMethod.Default)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, "-Method and -CustomMethod each name the method; use only one of them.");
        }

        if (HttpVersion.Major is < 1 or > 2)
        {
            throw new SpiffeException(SpiffeErrorReason.RequestInvalid, $"HTTP {HttpVersion} is not supported; expected 1.1 or 2.0.");
        }

        Uri uri = WebRequestPlan.ParseUri(Uri);
        IDictionary? query = MethodName == "GET" ? (Body is PSObject wrapped ? wrapped.BaseObject : Body) as IDictionary : null;
        return new WebRequestPlan
        {
            Uri = query is null ? uri : WebRequestPlan.AddQuery(uri, query),
            Method = WebRequestPlan.ParseMethod(MethodName),
            Headers = Headers,
            HasContentType = ContentType is not null || Form is not null,
            Version = HttpVersion,
            UserAgent = UserAgent,
            CreateContent = query is null ? ChooseContent() : null,
            SkipsHeaderValidation = SkipHeaderValidation,
        };
    }

    private Func<HttpContent>? ChooseContent()
    {
        if (Form is { } form)
        {
            return () => RequestBody.CreateForm(form);
        }

        if (InFile is not null)
        {
            string path = ResolvePath(InFile, SpiffeErrorReason.ReadFailed);
            return () => WebFile.CreateContent(path, ContentType);
        }

        return Body is { } body ? () => RequestBody.Create(body, ContentType, MethodName == "POST") : null;
    }

    private string FetchToken(WebRequestPlan plan, string audience, SpiffeId? spiffeId)
    {
        if (plan.HasHeader("Authorization"))
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, "-JwtAudience sets the header Authorization, and -Headers does too; use only one of them.");
        }

        return Ask("JWT-SVID", (api, cancel) => api.FetchJwtSvidsAsync([audience], spiffeId, cancel))[0].Token;
    }
}
