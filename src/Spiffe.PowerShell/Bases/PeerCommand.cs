using System.Management.Automation;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that talk to a peer over TLS: whom to let in, and which identity to show.</summary>
public abstract class PeerCommand : WorkloadApiCommand
{
    private protected const string SpiffeIdSet = "AllowSpiffeId";
    private protected const string TrustDomainSet = "AllowTrustDomain";
    private protected const string AnySet = "AllowAny";
    private protected const string WebPkiSet = "WebPki";

    [Parameter(Mandatory = true, ParameterSetName = SpiffeIdSet)]
    [Unwrap(nameof(Spiffe.Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public SpiffeId[]? AllowSpiffeId { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = TrustDomainSet)]
    [Unwrap(nameof(Spiffe.Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public TrustDomain[]? AllowTrustDomain { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = AnySet)]
    public SwitchParameter AllowAny { get; set; }

    [Parameter]
    [Unwrap(nameof(Spiffe.Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    public SpiffeId? SpiffeId { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(HintCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Hint { get; set; }

    [Parameter]
    [Live]
    [ValidateNotNull]
    [NotAFile]
    public X509Svid? Svid { get; set; }

    /// <summary>Whether the peer gets to see no identity of this process.</summary>
    private protected virtual bool ShowsNoSvid => false;

    /// <summary>Whom the user allows. A switch that is turned off with a colon allows no one.</summary>
    private protected virtual PeerRule Rule => ParameterSetName switch
    {
        SpiffeIdSet => PeerRule.AllowSpiffeIds(AllowSpiffeId ?? []),
        TrustDomainSet => PeerRule.AllowTrustDomains(AllowTrustDomain ?? []),
        AnySet when AllowAny => PeerRule.AllowAny,
        _ => PeerRule.AllowSpiffeIds(),
    };

    /// <summary>Where the identity and the bundles come from.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.RequestInvalid"/>: the parameters name several.</exception>
    private protected PeerSession GetSession() => ChooseSession()();

    /// <summary>
    /// Returns the newest SVID and bundles, for as long as the process runs. The pipeline may bring the next command another
    /// endpoint, and another agent may start at this one.
    /// </summary>
    private protected Func<CancellationToken, ValueTask<X509Context>> FollowContext()
    {
        Func<PeerSession> find = ChooseSession();
        return async cancellationToken =>
            (await PeerSession.OpenAsync(find, cancellationToken).ConfigureAwait(false)).Context;
    }

    /// <summary>The session with its newest SVID and bundles; asked for once here, so that the agent's faults are told as such.</summary>
    private protected (PeerSession Session, X509Context Context) OpenSession()
    {
        Func<PeerSession> find = ChooseSession();
        using CancellationTokenSource source = CreateTimeout();
        try
        {
            return PeerSession.OpenAsync(find, source.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (HasTimedOut(source))
        {
            throw TimedOut($"X509-SVIDs: the agent did not answer within {TimeoutSec} s.");
        }
    }

    /// <summary>Finds the session of the identity and the endpoint that the parameters name now.</summary>
    private Func<PeerSession> ChooseSession()
    {
        bool isChosen = SpiffeId is not null || Hint is not null;
        if ((isChosen ? 1 : 0) + (Svid is not null ? 1 : 0) + (ShowsNoSvid ? 1 : 0) > 1)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid,
                "-SpiffeId or -Hint, -Svid and -NoClientCertificate each choose the identity to present; use only one of them.");
        }

        if (Svid is { } svid)
        {
            svid.RequirePrivateKey();
            return () => PeerSession.For(svid);
        }

        WorkloadApiEndpoint endpoint = ResolveEndpoint();
        SvidChoice choice = ShowsNoSvid ? SvidChoice.None : isChosen ? SvidChoice.Of(SpiffeId, Hint) : SvidChoice.Default;
        return () => PeerSession.For(endpoint, choice);
    }
}
