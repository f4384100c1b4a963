namespace Spiffe.DevAgent;

/// <summary>The authorities of one kind: the one that signs, the one that will, and those that signed what still lives.</summary>
/// <remarks>The next one is published before it signs, and the old one until nothing depends on it (Federation, section 4.1).</remarks>
/// <typeparam name="T">The kind.</typeparam>
internal sealed class AuthoritySet<T>
    where T : class, IAuthority
{
    private const double PublishAfter = 0.5;
    private const double SignAfter = 0.75;

    private readonly Func<DateTimeOffset, T> _create;
    private readonly TimeSpan _publishAhead;
    private readonly List<T> _old;
    private DateTimeOffset _signNotBefore;
    private bool _isHurried;

    /// <param name="create">Makes an authority at an instant.</param>
    /// <param name="publishAhead">How long at least the next one is published before it signs.</param>
    /// <param name="now">The present.</param>
    /// <param name="kept">What an earlier agent left, the one that signed first.</param>
    public AuthoritySet(Func<DateTimeOffset, T> create, TimeSpan publishAhead, DateTimeOffset now, IReadOnlyList<T> kept)
    {
        _create = create;
        _publishAhead = publishAhead;
        bool canSign = kept.Count > 0 && kept[0].ExpiresAt > now;
        Active = canSign ? kept[0] : create(now);
        _old = [.. canSign ? kept.Skip(1) : kept];
    }

    /// <summary>The one that signs.</summary>
    public T Active { get; private set; }

    /// <summary>The one that will sign next, where it is known already.</summary>
    public T? Next { get; private set; }

    /// <summary>What peers verify with.</summary>
    public IReadOnlyList<T> Published => Next is null ? [Active, .. _old] : [Active, Next, .. _old];

    /// <summary>Those that an agent which takes over must know, the one that signs first.</summary>
    public IReadOnlyList<T> Kept => [Active, .. _old];

    /// <summary>Rotates without waiting for the time: the next one is published now, and signs as soon as it may.</summary>
    public void Hurry(DateTimeOffset now)
    {
        Publish(now);
        _isHurried = true;
    }

    /// <summary>Does what is due; says whether anything changed.</summary>
    public bool Advance(DateTimeOffset now)
    {
        bool hasChanged = _old.RemoveAll(authority => authority.NeededUntil <= now) > 0;
        if (Next is null && now >= Share(PublishAfter))
        {
            Publish(now);
            hasChanged = true;
        }

        // One that is about to expire cannot sign; then there is no time to wait.
        if (Next is not null && (now >= SignAt || now + _publishAhead >= Active.ExpiresAt))
        {
            _old.Insert(0, Active);
            (Active, Next, _isHurried) = (Next, null, false);
            hasChanged = true;
        }

        return hasChanged;
    }

    /// <summary>When <see cref="Advance"/> has something to do again.</summary>
    public DateTimeOffset NextStep(DateTimeOffset now)
    {
        DateTimeOffset rotation = Next is null ? Share(PublishAfter) : SignAt;
        return _old.Select(authority => authority.NeededUntil)
            .Append(rotation)
            .Append(Active.ExpiresAt - _publishAhead)
            .Where(instant => instant > now)
            .DefaultIfEmpty(now)
            .Min();
    }

    private DateTimeOffset SignAt => _isHurried || Share(SignAfter) < _signNotBefore ? _signNotBefore : Share(SignAfter);

    private void Publish(DateTimeOffset now)
    {
        if (Next is null)
        {
            Next = _create(now);
            _signNotBefore = now + _publishAhead;
        }
    }

    private DateTimeOffset Share(double share) => Active.CreatedAt + ((Active.ExpiresAt - Active.CreatedAt) * share);
}
