using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Spiffe.Protocol;

namespace Spiffe.Testing;

/// <summary>The service behind <see cref="ScriptedWorkloadApi"/>.</summary>
public sealed class ScriptedService : SpiffeWorkloadAPI.SpiffeWorkloadAPIBase
{
    private int _openCalls;

    public ConcurrentQueue<(string Method, Metadata Headers)> Requests { get; } = new();

    /// <summary>HTTP version, scheme and content type of every request so far.</summary>
    public ConcurrentQueue<string> Protocols { get; } = new();

    public int OpenCalls => _openCalls;

    /// <summary>The bytes of a message, right or wrong, that answer every call; null where the other properties do.</summary>
    public byte[]? RawMessage { get; set; }

    public Func<IServerStreamWriter<X509SVIDResponse>, CancellationToken, Task> X509Svids { get; set; } = Unimplemented;

    public Func<IServerStreamWriter<X509BundlesResponse>, CancellationToken, Task> X509Bundles { get; set; } = Unimplemented;

    public Func<IServerStreamWriter<JWTBundlesResponse>, CancellationToken, Task> JwtBundles { get; set; } = Unimplemented;

    public Func<JWTSVIDRequest, JWTSVIDResponse> JwtSvids { get; set; } = _ => throw NotScripted();

    public Func<ValidateJWTSVIDRequest, ValidateJWTSVIDResponse> Validate { get; set; } = _ => throw NotScripted();

    public override Task FetchX509SVID(
        X509SVIDRequest request, IServerStreamWriter<X509SVIDResponse> responseStream, ServerCallContext context) =>
        StreamAsync(X509Svids, responseStream, context);

    public override Task FetchX509Bundles(
        X509BundlesRequest request, IServerStreamWriter<X509BundlesResponse> responseStream, ServerCallContext context) =>
        StreamAsync(X509Bundles, responseStream, context);

    public override Task FetchJWTBundles(
        JWTBundlesRequest request, IServerStreamWriter<JWTBundlesResponse> responseStream, ServerCallContext context) =>
        StreamAsync(JwtBundles, responseStream, context);

    public override Task<JWTSVIDResponse> FetchJWTSVID(JWTSVIDRequest request, ServerCallContext context)
    {
        Note(context);
        return Task.FromResult(JwtSvids(request));
    }

    public override Task<ValidateJWTSVIDResponse> ValidateJWTSVID(ValidateJWTSVIDRequest request, ServerCallContext context)
    {
        Note(context);
        return Task.FromResult(Validate(request));
    }

    private static Task Unimplemented<T>(IServerStreamWriter<T> stream, CancellationToken cancellationToken) =>
        throw NotScripted();

    private static RpcException NotScripted() => new(new Status(StatusCode.Unimplemented, "not scripted"));

    private async Task StreamAsync<T>(
        Func<IServerStreamWriter<T>, CancellationToken, Task> script, IServerStreamWriter<T> stream, ServerCallContext context)
    {
        Note(context);
        Interlocked.Increment(ref _openCalls);
        try
        {
            await script(stream, context.CancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _openCalls);
        }
    }

    private void Note(ServerCallContext context)
    {
        HttpRequest request = context.GetHttpContext().Request;
        Protocols.Enqueue($"{request.Protocol} {request.Scheme} {request.ContentType}");
        Requests.Enqueue((context.Method, context.RequestHeaders));
    }
}
