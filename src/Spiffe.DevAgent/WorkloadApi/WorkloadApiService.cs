using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.DevAgent;

/// <summary>The Workload API: identifies the caller, returns what it is entitled to, and keeps its streams up to date.</summary>
internal sealed class WorkloadApiService : SpiffeWorkloadAPI.SpiffeWorkloadAPIBase
{
    private const string Prefix = "/SpiffeWorkloadAPI/";

    private readonly CallerAccess _access;
    private readonly Answers _answers;
    private readonly SharedAnswers _shared;
    private readonly OpenStreams _streams;
    private readonly FaultSwitch _faults;
    private readonly AgentLog _log;

    public WorkloadApiService(
        CallerAccess access,
        Answers answers,
        SharedAnswers shared,
        OpenStreams streams,
        FaultSwitch faults,
        AgentLog log)
    {
        _access = access;
        _answers = answers;
        _shared = shared;
        _streams = streams;
        _faults = faults;
        _log = log;
    }

    /// <summary>Whether a method is one of this service.</summary>
    public static bool Has(string method) => method.StartsWith(Prefix, StringComparison.Ordinal);

    public override Task FetchX509SVID(
        X509SVIDRequest request, IServerStreamWriter<X509SVIDResponse> responseStream, ServerCallContext context) =>
        _streams.FollowAsync(context, responseStream, entries =>
        {
            (X509SVIDResponse message, DateTimeOffset renewAt) = _shared.X509Svids(entries);
            return (Malformation.Apply(_faults.Current, message), renewAt);
        });

    public override Task FetchX509Bundles(
        X509BundlesRequest request, IServerStreamWriter<X509BundlesResponse> responseStream, ServerCallContext context) =>
        _streams.FollowAsync(context, responseStream, entries =>
            (Malformation.Apply(_faults.Current, _answers.X509Bundles(entries)), DateTimeOffset.MaxValue));

    public override Task FetchJWTBundles(
        JWTBundlesRequest request, IServerStreamWriter<JWTBundlesResponse> responseStream, ServerCallContext context) =>
        _streams.FollowAsync(context, responseStream, entries =>
            (Malformation.Apply(_faults.Current, _answers.JwtBundles(entries)), DateTimeOffset.MaxValue));

    public override Task<JWTSVIDResponse> FetchJWTSVID(JWTSVIDRequest request, ServerCallContext context)
    {
        if (request.Audience.Count == 0 || request.Audience.Contains(string.Empty))
        {
            throw Rejected("audience must be specified");
        }

        IReadOnlyList<Entry> entries = _access.Authorize(context, ParseRequested(request.SpiffeId));
        return Task.FromResult(Malformation.Apply(_faults.Current, _answers.JwtSvids(entries, request.Audience)));
    }

    public override Task<ValidateJWTSVIDResponse> ValidateJWTSVID(
        ValidateJWTSVIDRequest request, ServerCallContext context)
    {
        if (request.Audience.Length == 0)
        {
            throw Rejected("audience must be specified");
        }

        if (request.Svid.Length == 0)
        {
            throw Rejected("svid must be specified");
        }

        Caller caller = CallerAccess.Identify(context);
        JwtValidation validation = _answers.Validate(_access.Find(caller), request.Svid, request.Audience);
        _log.Write($"{context.Method} by {caller}: {(validation.Valid ? $"valid, {validation.SpiffeId}" : "refused")}");
        return validation.Valid
            ? Task.FromResult(Malformation.Apply(_faults.Current, new ValidateJWTSVIDResponse
            {
                SpiffeId = validation.SpiffeId!.ToString(),
                Claims = ClaimsMessage.Create(validation.Claims),
            }))
            : throw Rejected(validation.Reason!);
    }

    public override Task FetchWITSVID(
        WITSVIDRequest request, IServerStreamWriter<WITSVIDResponse> responseStream, ServerCallContext context) =>
        throw WithoutWit();

    public override Task FetchWITBundles(
        WITBundlesRequest request, IServerStreamWriter<WITBundlesResponse> responseStream, ServerCallContext context) =>
        throw WithoutWit();

    private static SpiffeId? ParseRequested(string text)
    {
        try
        {
            return text.Length == 0 ? null : SpiffeId.Parse(text);
        }
        catch (SpiffeException exception)
        {
            throw Rejected($"invalid requested SPIFFE ID: {exception.Message}");
        }
    }

    private static RpcException Rejected(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    private static RpcException WithoutWit() =>
        new(new Status(StatusCode.Unimplemented, "fetching WIT-SVIDs is not implemented"));
}
