using System.Collections.Concurrent;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Transport;

namespace Spiffe.WorkloadApi;

/// <summary>A client of the Workload API over gRPC.</summary>
public sealed class WorkloadApiClient : IWorkloadApi
{
    internal const string ByAgent = "Agent";

    private const string ByClient = "Client";

    private static readonly ConcurrentDictionary<WorkloadApiEndpoint, WorkloadApiClient> s_clients = new();

    private readonly DateTime? _socket;
    private readonly WorkloadApiEndpoint _endpoint;
    private readonly SpiffeWorkloadAPI.SpiffeWorkloadAPIClient _rpc;
    private readonly StreamWatch<X509SVIDResponse, IReadOnlyList<X509Svid>> _x509Svids;
    private readonly StreamWatch<X509BundlesResponse, IReadOnlyList<SpiffeBundle>> _x509Bundles;
    private readonly StreamWatch<JWTBundlesResponse, IReadOnlyList<SpiffeBundle>> _jwtBundles;

    private WorkloadApiClient(WorkloadApiEndpoint endpoint)
    {
        _socket = SocketFile.FindTime(endpoint);
        _endpoint = endpoint;
        _rpc = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(AgentTransport.Open(endpoint));
        _x509Svids = new(
            endpoint,
            token => _rpc.FetchX509SVID(new X509SVIDRequest(), cancellationToken: token),
            X509Response.ReadSvids);
        _x509Bundles = new(
            endpoint,
            token => _rpc.FetchX509Bundles(new X509BundlesRequest(), cancellationToken: token),
            X509Response.ReadBundles);
        _jwtBundles = new(
            endpoint,
            token => _rpc.FetchJWTBundles(new JWTBundlesRequest(), cancellationToken: token),
            JwtResponse.ReadBundles);
    }

    /// <summary>The process's one client for an endpoint. It connects when it is first asked something.</summary>
    /// <remarks>Where another agent has put its socket in the old one's place, that agent is asked from then on.</remarks>
    public static IWorkloadApi For(WorkloadApiEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        WorkloadApiClient client = s_clients.GetOrAdd(endpoint, static endpoint => new WorkloadApiClient(endpoint));
        return SocketFile.FindTime(endpoint) is { } socket && socket != client._socket
            ? s_clients.AddOrUpdate(
                endpoint,
                static (endpoint, _) => new WorkloadApiClient(endpoint),
                static (endpoint, current, socket) => current._socket == socket ? current : new WorkloadApiClient(endpoint),
                socket)
            : client;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<X509Svid>> FetchX509SvidsAsync(CancellationToken cancellationToken) =>
        _x509Svids.FetchAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<IReadOnlyList<X509Svid>>> WatchX509SvidsAsync(
        CancellationToken cancellationToken) => _x509Svids.WatchAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpiffeBundle>> FetchX509BundlesAsync(CancellationToken cancellationToken) =>
        _x509Bundles.FetchAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<IReadOnlyList<SpiffeBundle>>> WatchX509BundlesAsync(
        CancellationToken cancellationToken) => _x509Bundles.WatchAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JwtSvid>> FetchJwtSvidsAsync(
        IReadOnlyCollection<string> audience, SpiffeId? spiffeId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(audience);
        JWTSVIDRequest request = new() { Audience = { audience }, SpiffeId = spiffeId?.ToString() ?? string.Empty };
        JWTSVIDResponse response = await CallAsync(_rpc.FetchJWTSVIDAsync, request, cancellationToken)
            .ConfigureAwait(false);
        return JwtResponse.ReadSvids(response, audience, spiffeId);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<IReadOnlyList<JwtSvid>>> WatchJwtSvidsAsync(
        IReadOnlyCollection<string> audience, SpiffeId? spiffeId, CancellationToken cancellationToken) =>
        JwtSvidWatch.WatchAsync(
            _endpoint,
            token => FetchJwtSvidsAsync(audience, spiffeId, token),
            JwtSvidWatch.Patience,
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpiffeBundle>> FetchJwtBundlesAsync(CancellationToken cancellationToken) =>
        _jwtBundles.FetchAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<IReadOnlyList<SpiffeBundle>>> WatchJwtBundlesAsync(
        CancellationToken cancellationToken) => _jwtBundles.WatchAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<JwtValidation> ValidateJwtSvidAsync(
        string token, string audience, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        ArgumentException.ThrowIfNullOrEmpty(audience);
        CheckList checks = new(isStrict: false);
        if (!JsonWebToken.CheckLength(token, checks))
        {
            return JwtValidation.Refused(checks, subject: null, ByClient);
        }

        ValidateJWTSVIDRequest request = new() { Svid = token, Audience = audience };
        try
        {
            ValidateJWTSVIDResponse response = await CallAsync(_rpc.ValidateJWTSVIDAsync, request, cancellationToken)
                .ConfigureAwait(false);
            return JwtResponse.ReadValidation(response);
        }
        catch (SpiffeException exception) when (exception is { InnerException: RpcException rejection } && IsVerdict(rejection))
        {
            string words = TokenRedaction.Remove(rejection.Status.Detail, token);
            return JwtValidation.Refused("Workload API 6.2.3", Quoted.Line(words), ByAgent);
        }
        catch (SpiffeException exception)
        {
            // Without the inner exception: it has the agent's words too.
            throw new SpiffeException(exception.Reason, TokenRedaction.Remove(exception.Message, token));
        }
    }

    /// <summary>InvalidArgument is the verdict on the token (section 6.2.3), unless it is about the request around it.</summary>
    private static bool IsVerdict(RpcException rejection) =>
        rejection.StatusCode == StatusCode.InvalidArgument &&
        !rejection.Status.Detail.Contains("security header", StringComparison.OrdinalIgnoreCase);

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> start,
        TRequest request,
        CancellationToken cancellationToken)
    {
        try
        {
            using AsyncUnaryCall<TResponse> call = start(request, new CallOptions(cancellationToken: cancellationToken));
            return await call.ConfigureAwait(false);
        }
        catch (Exception exception) when (RpcFailure.Is(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw RpcFailure.Explain(exception, _endpoint);
        }
    }
}
