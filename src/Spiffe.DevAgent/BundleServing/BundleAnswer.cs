using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Spiffe.DevAgent;

/// <summary>Answers requests for the bundle, right or as the faults want it, and logs each of them (Federation, sections 5.2 and 7.6).</summary>
internal sealed class BundleAnswer
{
    private const int HugeLength = 5 * 1024 * 1024;

    private static readonly TimeSpan s_slowness = TimeSpan.FromSeconds(1);

    private readonly SvidIssuer _issuer;
    private readonly FaultSwitch _faults;
    private readonly AgentLog _log;
    private readonly CancellationToken _stopping;
    private readonly Lock _lock = new();
    private ServedDocument? _document;

    public BundleAnswer(SvidIssuer issuer, FaultSwitch faults, AgentLog log, CancellationToken stopping)
    {
        _issuer = issuer;
        _faults = faults;
        _log = log;
        _stopping = stopping;
    }

    public async Task SendAsync(HttpContext context)
    {
        using CancellationTokenSource end =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        try
        {
            context.Response.StatusCode = FindStatus(context.Request);
            if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            {
                context.Response.Headers.Allow = HttpMethods.Get;
            }

            if (context.Response.StatusCode == StatusCodes.Status200OK)
            {
                await SendDocumentAsync(context, end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        finally
        {
            Log(context);
        }
    }

    private static int FindStatus(HttpRequest request) =>
        request.Path != "/" ? StatusCodes.Status404NotFound
        : !HttpMethods.IsGet(request.Method) ? StatusCodes.Status405MethodNotAllowed
        : StatusCodes.Status200OK;

    private async Task SendDocumentAsync(HttpContext context, CancellationToken cancellationToken)
    {
        HttpResponse response = context.Response;
        if (_faults.Current.Has(DevAgentFault.EndpointError))
        {
            response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        if (_faults.Current.Has(DevAgentFault.EndpointRedirectsToHttp))
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.Location = $"http://{context.Request.Host}/";
            return;
        }

        ServedDocument document = FindDocument();
        ResponseHeaders headers = response.GetTypedHeaders();
        headers.ETag = document.Tag;
        headers.LastModified = document.LastModified;
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        bool isWhole = _faults.Current.Has(DevAgentFault.EndpointSlow) || _faults.Current.Has(DevAgentFault.EndpointTooLarge);
        if (!isWhole && IsKnown(context.Request.GetTypedHeaders(), document))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = _faults.Current.Has(DevAgentFault.EndpointTooLarge) ? HugeLength : document.Content.Length;
        await SendSlowlyAsync(response, cancellationToken);
        await response.Body.WriteAsync(document.Content, cancellationToken);
        if (_faults.Current.Has(DevAgentFault.EndpointTooLarge))
        {
            byte[] space = new byte[HugeLength - document.Content.Length];
            space.AsSpan().Fill((byte)' ');
            await response.Body.WriteAsync(space, cancellationToken);
        }
    }

    /// <summary>A tag says more than a time does (RFC 9110, section 13.2.2).</summary>
    private static bool IsKnown(RequestHeaders request, ServedDocument document) => request.IfNoneMatch.Count > 0
        ? request.IfNoneMatch.Any(tag => tag.Compare(document.Tag, useStrongComparison: false) || tag.Equals(EntityTagHeaderValue.Any))
        : request.IfModifiedSince >= document.LastModified;

    private ServedDocument FindDocument()
    {
        SpiffeBundle bundle = _issuer.Bundle;
        if (_faults.Current.Has(DevAgentFault.EndpointOldSequence))
        {
            bundle = new SpiffeBundle(
                bundle.TrustDomain, bundle.X509Authorities, bundle.JwtAuthorities, sequenceNumber: 1, bundle.RefreshHint);
        }

        lock (_lock)
        {
            return _document = ServedDocument.Create(bundle, _document);
        }
    }

    /// <summary>The headers come at once, the document not before the fault is over.</summary>
    private async Task SendSlowlyAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        while (_faults.Current.Has(DevAgentFault.EndpointSlow))
        {
            await response.Body.FlushAsync(cancellationToken);
            await Task.Delay(s_slowness, cancellationToken);
        }
    }

    private void Log(HttpContext context)
    {
        HttpRequest request = context.Request;
        IPEndPoint? caller = context.Connection.RemoteIpAddress is { } address
            ? new IPEndPoint(address, context.Connection.RemotePort)
            : null;
        string agent = request.Headers.UserAgent.Count > 0 ? $" ({Quoted.Text(request.Headers.UserAgent.ToString())})" : "";
        _log.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"bundle endpoint: {Quoted.Line(request.Method)} {Quoted.Text(request.Path)} from {caller}{agent}: {context.Response.StatusCode}"));
    }
}
