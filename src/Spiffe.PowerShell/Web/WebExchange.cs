using System.Diagnostics;
using System.Net;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>One request and its answer; attempts are repeated as the user allows.</summary>
internal sealed class WebExchange
{
    // A server can ask for 68 years.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromDays(1);

    private readonly HttpMessageInvoker _invoker;
    private readonly WebRequestPlan _plan;
    private readonly string? _token;

    /// <param name="invoker">Sends messages.</param>
    /// <param name="plan">The request.</param>
    /// <param name="token">A JWT-SVID to send as bearer; null for none.</param>
    public WebExchange(HttpMessageInvoker invoker, WebRequestPlan plan, string? token)
    {
        _invoker = invoker;
        _plan = plan;
        _token = token;
    }

    /// <summary>How long an attempt may wait for the head of the answer.</summary>
    public required TimeSpan Patience { get; init; }

    public required int MaximumRetryCount { get; init; }

    public required TimeSpan RetryInterval { get; init; }

    /// <summary>What happened, for who wants to read it.</summary>
    public string Summary { get; private set; } = string.Empty;

    /// <summary>The first answer that is good, or the last one.</summary>
    public async Task<HttpResponseMessage> SendAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            HttpResponseMessage response = await SendOnceAsync(cancellationToken).ConfigureAwait(false);
            if (attempt >= MaximumRetryCount || !MayGetBetter(response))
            {
                return response;
            }

            TimeSpan pause = response.StatusCode == HttpStatusCode.TooManyRequests && response.Headers.RetryAfter?.Delta is { } asked
                ? asked
                : RetryInterval;
            response.Dispose();
            await Task.Delay(pause < s_longestPause ? pause : s_longestPause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Those that Invoke-WebRequest repeats: 304, and everything from 400 to 599.</summary>
    private static bool MayGetBetter(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.NotModified || (int)response.StatusCode is >= 400 and <= 599;

    private static bool IsRedirect(HttpStatusCode status) => (int)status is >= 301 and <= 303 or 307 or 308;

    private async Task<HttpResponseMessage> SendOnceAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(Patience);
        using HttpRequestMessage message = _plan.CreateMessage(_token);
        long start = Stopwatch.GetTimestamp();
        try
        {
            HttpResponseMessage response = await _invoker.SendAsync(message, impatience.Token).ConfigureAwait(false);
            Summarize(message, response, Stopwatch.GetElapsedTime(start));
            return response.Headers.Location is { IsAbsoluteUri: true } target && target.Scheme != Uri.UriSchemeHttps && IsRedirect(response.StatusCode)
                ? throw new SpiffeException(
                    SpiffeErrorReason.PeerHasNoSvid, $"{_plan.Uri.Host} redirects to {Quoted.Text(target.ToString())}, where servers cannot present an SVID; it is not followed.")
                : response;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SpiffeException(
                SpiffeErrorReason.Timeout, $"{_plan.Uri.Host} did not answer within {Patience.TotalSeconds} s.", exception);
        }
        finally
        {
            // Answers and errors lead to the request, and views show its headers.
            message.Headers.Remove("Authorization");
        }
    }

    private void Summarize(HttpRequestMessage message, HttpResponseMessage response, TimeSpan time)
    {
        string peer = message.Options.TryGetValue(SpiffeHttpHandler.NewPeer, out SpiffeId? id)
            ? $"a new connection to {id?.ToString() ?? "a server of the web"}"
            : "a kept connection";
        Summary = $"HTTP/{response.Version} {message.Method} {message.RequestUri!.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)}: {(int)response.StatusCode} in " +
            $"{time.TotalMilliseconds:0.0} ms over {peer}.";
    }
}
