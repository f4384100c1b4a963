using System.Collections.Concurrent;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>A source of SVIDs and bundles and the connections that were made with it, kept for this process's later commands.</summary>
/// <remarks>There is one for each endpoint and each choice of an identity, and one for each SVID that a user gave.</remarks>
internal sealed class PeerSession
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<(WorkloadApiEndpoint Endpoint, SvidChoice Choice), (IWorkloadApi Api, PeerSession Session)> s_live = [];
    private static readonly Dictionary<X509Svid, PeerSession> s_fixed = [];

    private readonly ConcurrentDictionary<(PeerRule Rule, SpiffeHttpOptions Options), Lazy<HttpMessageInvoker>> _invokers = new();

    private PeerSession(X509Source source) => Source = source;

    public X509Source Source { get; }

    /// <summary>The session that follows an agent; another agent behind the same address gets another one.</summary>
    public static PeerSession For(WorkloadApiEndpoint endpoint, SvidChoice choice)
    {
        IWorkloadApi api = WorkloadApiFactory.For(endpoint);
        lock (s_lock)
        {
            if (s_live.TryGetValue((endpoint, choice), out (IWorkloadApi Api, PeerSession Session) known) && ReferenceEquals(known.Api, api))
            {
                return known.Session;
            }

            known.Session?.Source.Dispose();
            PeerSession session = new(X509Source.Follow(api, choice));
            s_live[(endpoint, choice)] = (api, session);
            return session;
        }
    }

    /// <summary>The session of one SVID and the bundles that came with it.</summary>
    public static PeerSession For(X509Svid svid)
    {
        lock (s_lock)
        {
            foreach ((X509Svid old, PeerSession ended) in s_fixed.Where(pair => pair.Key.ExpiresIn <= TimeSpan.Zero).ToArray())
            {
                s_fixed.Remove(old);
                ended.Source.Dispose();
            }

            if (!s_fixed.TryGetValue(svid, out PeerSession? session))
            {
                session = new PeerSession(X509Source.Fixed(svid, svid.FederatedBundles.Prepend(svid.Bundle)));
                s_fixed[svid] = session;
            }

            return session;
        }
    }

    /// <summary>A session with its newest SVID and bundles. Where another agent starts meanwhile, the session is that one's.</summary>
    /// <param name="find">Finds the session.</param>
    /// <param name="cancellationToken">Ends the wait for the agent's answer.</param>
    public static async Task<(PeerSession Session, X509Context Context)> OpenAsync(
        Func<PeerSession> find, CancellationToken cancellationToken)
    {
        while (true)
        {
            PeerSession session = find();
            try
            {
                return (session, await session.Source.GetAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(find(), session))
            {
                // The answer that was waited for is not going to come; the other agent has one.
            }
        }
    }

    /// <summary>Sends requests; connections are shared by all who ask with the same rule and the same options.</summary>
    public HttpMessageInvoker GetInvoker(PeerRule rule, SpiffeHttpOptions options) => _invokers.GetOrAdd(
        (rule, options),
        key => new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(new SpiffeHttpHandler(Source, key.Rule, key.Options)))).Value;
}
