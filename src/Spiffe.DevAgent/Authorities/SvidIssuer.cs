using System.Runtime.CompilerServices;

namespace Spiffe.DevAgent;

/// <summary>Issues SVIDs of the trust domain, and replaces its authorities in time.</summary>
internal sealed class SvidIssuer
{
    private readonly TrustDomain _trustDomain;
    private readonly TimeSpan _refreshHint;
    private readonly AuthorityStore? _store;
    private readonly ChangeSignal _changes;
    private readonly AgentLog _log;
    private readonly Lock _lock = new();
    private readonly AuthoritySet<X509Authority> _x509;
    private readonly AuthoritySet<JwtSigner> _jwt;
    private readonly ConditionalWeakTable<Entry, Slot> _issued = [];
    private volatile SpiffeBundle _bundle;
    private long _renewals;

    public SvidIssuer(AgentSettings settings, AuthorityStore? store, ChangeSignal changes, AgentLog log)
    {
        _trustDomain = settings.TrustDomain;
        _refreshHint = settings.RefreshHint;
        _store = store;
        _changes = changes;
        _log = log;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        KeptAuthorities kept = store?.Read(now) ?? KeptAuthorities.None;
        _x509 = new AuthoritySet<X509Authority>(
            instant => X509Authority.Create(_trustDomain, instant, settings.AuthorityTtl), settings.PublishAhead, now, kept.X509);
        _jwt = new AuthoritySet<JwtSigner>(
            instant => JwtSigner.Create(instant, settings.AuthorityTtl), settings.PublishAhead, now, kept.Jwt);
        _store?.Write(new KeptAuthorities(_x509.Kept, _jwt.Kept));
        _bundle = CreateBundle(after: null);
    }

    /// <summary>The authorities of the trust domain; each change has a higher sequence number.</summary>
    public SpiffeBundle Bundle => _bundle;

    /// <summary>The entry's current X509-SVID; a new one where it is time to renew.</summary>
    public IssuedX509Svid GetX509Svid(Entry entry)
    {
        Slot slot = _issued.GetOrCreateValue(entry);
        lock (slot)
        {
            IssuedX509Svid? svid = slot.Svid;
            X509Authority authority = Read(() => _x509.Active);
            if (svid is null || svid.Authority != authority || svid.RenewFrom <= DateTimeOffset.UtcNow ||
                slot.Renewal < Interlocked.Read(ref _renewals))
            {
                slot.Renewal = Interlocked.Read(ref _renewals);
                slot.Svid = svid = authority.Issue(entry);
            }

            return svid;
        }
    }

    /// <summary>An X509-SVID that has expired already, for a fault.</summary>
    public IssuedX509Svid IssueExpired(Entry entry) => Read(() => _x509.Active).IssueExpired(entry);

    public string IssueJwtSvid(Entry entry, IEnumerable<string> audience) => Read(() => _jwt.Active).Issue(entry, audience);

    /// <summary>Rotates now what would be rotated later; authorities still in two steps.</summary>
    public void Rotate(IReadOnlyCollection<DevAgentRotation> kinds)
    {
        lock (_lock)
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            if (kinds.Contains(DevAgentRotation.X509Authority))
            {
                _x509.Hurry(now);
            }

            if (kinds.Contains(DevAgentRotation.JwtAuthority))
            {
                _jwt.Hurry(now);
            }

            if (kinds.Contains(DevAgentRotation.X509Authority) || kinds.Contains(DevAgentRotation.JwtAuthority))
            {
                Publish();
            }
        }

        if (kinds.Contains(DevAgentRotation.Svid))
        {
            Interlocked.Increment(ref _renewals);
        }

        if (kinds.Count > 0)
        {
            _changes.Raise();
        }
    }

    /// <summary>Rotates the authorities when due, and returns when to call it again.</summary>
    public DateTimeOffset Advance()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset next;
        bool hasChanged;
        lock (_lock)
        {
            hasChanged = _x509.Advance(now) | _jwt.Advance(now);
            if (hasChanged)
            {
                Publish();
            }

            DateTimeOffset x509 = _x509.NextStep(now);
            DateTimeOffset jwt = _jwt.NextStep(now);
            next = x509 < jwt ? x509 : jwt;
        }

        if (hasChanged)
        {
            _log.Write($"authorities changed: {Bundle.Authorities}");
            _changes.Raise();
        }

        return next;
    }

    /// <summary>Keeps first what will sign, then makes it known.</summary>
    private void Publish()
    {
        try
        {
            _store?.Write(new KeptAuthorities(_x509.Kept, _jwt.Kept));
        }
        catch (AgentException exception)
        {
            // The current state stays in use; the next change tries again.
            _log.Write(exception.Message);
        }

        _bundle = CreateBundle(after: _bundle.SequenceNumber);
    }

    private SpiffeBundle CreateBundle(ulong? after)
    {
        // Grows across restarts too, for programs that follow the bundle in a file.
        ulong now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        return new SpiffeBundle(
            _trustDomain,
            _x509.Published.Select(authority => authority.Certificate),
            _jwt.Published.Select(authority => authority.Authority),
            sequenceNumber: after >= now ? after + 1 : now,
            refreshHint: _refreshHint);
    }

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    /// <summary>What was issued for an entry; removed with the entry.</summary>
    private sealed class Slot
    {
        public IssuedX509Svid? Svid { get; set; }

        public long Renewal { get; set; }
    }
}
