using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.DevAgent;

/// <summary>The Workload API: identifies the caller, gives it what it is entitled to, and keeps its streams up to date.</summary>
internal sealed class WorkloadApiService : SpiffeWorkloadAPI.SpiffeWorkloadAPIBase
{
    private readonly EntryTable _entries;
    private readonly SvidIssuer _issuer;
    private readonly OpenStreams _streams;
    private readonly AgentLog _log;

    public WorkloadApiService(EntryTable entries, SvidIssuer issuer, OpenStreams streams, AgentLog log)
    {
        _entries = entries;
        _issuer = issuer;
        _streams = streams;
        _log = log;
    }

    public override Task FetchX509SVID(
        X509SVIDRequest request, IServerStreamWriter<X509SVIDResponse> responseStream, ServerCallContext context)
    {
        Entry[] entries = Authorize(context);
        return _streams.RunAsync(context, async token =>
        {
            while (true)
            {
                IssuedX509Svid[] svids = [.. entries.Select(_issuer.GetX509Svid)];
                await responseStream.WriteAsync(CreateX509Response(entries, svids), token);
                await WaitUntilAsync(svids.Min(svid => svid.RenewAt), token);
            }
        });
    }

    public override Task FetchX509Bundles(
        X509BundlesRequest request, IServerStreamWriter<X509BundlesResponse> responseStream, ServerCallContext context)
    {
        Authorize(context);
        X509BundlesResponse response = new()
        {
            Bundles = { [_issuer.Bundle.TrustDomain.Id.ToString()] = ByteString.CopyFrom(_issuer.Bundle.ToDer()) },
        };
        return _streams.RunAsync(context, async token =>
        {
            await responseStream.WriteAsync(response, token);
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
    }

    public override Task FetchJWTBundles(
        JWTBundlesRequest request, IServerStreamWriter<JWTBundlesResponse> responseStream, ServerCallContext context)
    {
        Authorize(context);
        JWTBundlesResponse response = new()
        {
            Bundles =
            {
                [_issuer.Bundle.TrustDomain.Id.ToString()] =
                    ByteString.CopyFrom(_issuer.Bundle.ToJwks(), Encoding.UTF8),
            },
        };
        return _streams.RunAsync(context, async token =>
        {
            await responseStream.WriteAsync(response, token);
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
    }

    public override Task<JWTSVIDResponse> FetchJWTSVID(JWTSVIDRequest request, ServerCallContext context)
    {
        if (request.Audience.Count == 0 || request.Audience.Contains(string.Empty))
        {
            throw Rejected("audience must be specified");
        }

        Entry[] entries = Authorize(context, ParseRequested(request.SpiffeId));
        return Task.FromResult(new JWTSVIDResponse
        {
            Svids =
            {
                entries.Select(entry => new JWTSVID
                {
                    SpiffeId = entry.SpiffeId.ToString(),
                    Svid = _issuer.IssueJwtSvid(entry, request.Audience),
                    Hint = entry.Hint,
                }),
            },
        });
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

        Caller caller = Identify(context);
        JwtValidation validation = _issuer.Validate(request.Svid, request.Audience);
        _log.Write($"{context.Method} by {caller}: {(validation.Valid ? $"valid, {validation.SpiffeId}" : "refused")}");
        return validation.Valid
            ? Task.FromResult(new ValidateJWTSVIDResponse
            {
                SpiffeId = validation.SpiffeId!.ToString(),
                Claims = ClaimsMessage.Create(validation.Claims),
            })
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

    private static RpcException NoIdentity() => new(new Status(StatusCode.PermissionDenied, "no identity issued"));

    private static RpcException WithoutWit() =>
        new(new Status(StatusCode.Unimplemented, "fetching WIT-SVIDs is not implemented"));

    /// <summary>The caller, if it is still the process that opened the connection; otherwise nobody is guessed at.</summary>
    private static Caller Identify(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Caller>() is { } caller && CallerIdentification.IsStillThere(caller)
            ? caller
            : throw new RpcException(new Status(StatusCode.Unavailable, "workload attestation failed"));

    private static async Task WaitUntilAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        // A timer may fire some milliseconds before the clock says so.
        for (TimeSpan left = instant - DateTimeOffset.UtcNow; left > TimeSpan.Zero; left = instant - DateTimeOffset.UtcNow)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), cancellationToken);
        }
    }

    private X509SVIDResponse CreateX509Response(Entry[] entries, IssuedX509Svid[] svids)
    {
        ByteString bundle = ByteString.CopyFrom(_issuer.Bundle.ToDer());
        return new X509SVIDResponse
        {
            Svids =
            {
                entries.Zip(svids, (entry, svid) => new X509SVID
                {
                    SpiffeId = entry.SpiffeId.ToString(),
                    X509Svid = ByteString.CopyFrom(svid.Certificate),
                    X509SvidKey = ByteString.CopyFrom(svid.Pkcs8Key),
                    Bundle = bundle,
                    Hint = entry.Hint,
                }),
            },
        };
    }

    /// <summary>What the caller is entitled to; where it asks for one identity, that one.</summary>
    private Entry[] Authorize(ServerCallContext context, SpiffeId? requested = null)
    {
        Caller caller = Identify(context);
        Entry[] entries = [.. _entries.Select(caller).Where(entry => requested is null || entry.SpiffeId == requested)];
        string given = entries.Length > 0 ? string.Join(", ", entries.Select(entry => entry.SpiffeId)) : "no identity";
        _log.Write($"{context.Method} by {caller}: {given}");
        return entries.Length > 0 ? entries : throw NoIdentity();
    }
}
