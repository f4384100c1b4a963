extern alias agent;

using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Authorities;

/// <summary>The order of a rotation, on a clock of the test's own.</summary>
[Trait("Clause", "F-2")]
public sealed class AuthoritySetTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_life = TimeSpan.FromHours(100);
    private static readonly TimeSpan s_ahead = TimeSpan.FromHours(1);

    [Fact]
    public void The_next_one_is_published_at_half_of_a_life_and_signs_at_three_quarters()
    {
        AuthoritySet<Authority> set = Create();
        Authority first = set.Active;

        Assert.Equal(At(50), set.NextStep(At(0)));
        Assert.False(set.Advance(At(49)));
        Assert.Equal([first], set.Published);

        Assert.True(set.Advance(At(50)));
        Assert.Same(first, set.Active);
        Assert.Equal([first, set.Next!], set.Published);
        Assert.Equal(At(75), set.NextStep(At(50)));
        Assert.False(set.Advance(At(74)));

        first.NeededUntil = At(90);
        Authority next = set.Next!;
        Assert.True(set.Advance(At(75)));
        Assert.Same(next, set.Active);
        Assert.Equal([next, first], set.Published);
        Assert.Equal(At(90), set.NextStep(At(75)));
        Assert.False(set.Advance(At(89)));

        Assert.True(set.Advance(At(90)));
        Assert.Equal([next], set.Published);
    }

    [Fact]
    public void In_a_hurry_the_next_one_is_still_published_before_it_signs()
    {
        AuthoritySet<Authority> set = Create();
        Authority first = set.Active;
        first.NeededUntil = At(10);

        set.Hurry(At(3));

        Assert.Same(first, set.Active);
        Assert.Equal(2, set.Published.Count);
        Assert.Equal(At(4), set.NextStep(At(3)));
        Assert.False(set.Advance(At(3.9)));
        Assert.True(set.Advance(At(4)));
        Assert.NotSame(first, set.Active);
        Assert.Contains(first, set.Published);
    }

    [Fact]
    public void A_second_hurry_changes_nothing_and_one_behind_it_rotates_again()
    {
        AuthoritySet<Authority> set = Create();
        set.Hurry(At(1));
        Authority? next = set.Next;
        set.Hurry(At(1.5));
        Assert.Same(next, set.Next);
        set.Advance(At(2));

        set.Hurry(At(3));
        set.Advance(At(4));

        Assert.NotSame(next, set.Active);
    }

    [Fact]
    public void One_that_is_published_already_signs_without_a_second_wait()
    {
        AuthoritySet<Authority> set = Create();
        set.Advance(At(50));
        Authority? next = set.Next;

        set.Hurry(At(60));
        set.Advance(At(60));

        Assert.Same(next, set.Active);
    }

    [Fact]
    public void After_a_long_sleep_an_authority_that_has_expired_does_not_sign()
    {
        AuthoritySet<Authority> set = Create();

        Assert.True(set.Advance(At(1000)));

        Assert.Equal(At(1000), set.Active.CreatedAt);
        Assert.Null(set.Next);
    }

    [Fact]
    public void What_an_earlier_agent_kept_stays_in_use_and_what_has_expired_is_replaced()
    {
        Authority kept = new(At(-10), At(90)) { NeededUntil = At(50) };
        Authority old = new(At(-60), At(40)) { NeededUntil = At(20) };
        Authority expired = new(At(-200), At(-100)) { NeededUntil = At(-100) };

        Assert.Same(kept, Create(kept, old).Active);
        Assert.Equal([kept, old], Create(kept, old).Kept);
        Assert.Equal(At(0), Create(expired).Active.CreatedAt);
    }

    private static AuthoritySet<Authority> Create(params Authority[] kept) =>
        new(now => new Authority(now, now + s_life), s_ahead, At(0), kept);

    private static DateTimeOffset At(double hours) => s_start + TimeSpan.FromHours(hours);

    private sealed class Authority(DateTimeOffset createdAt, DateTimeOffset expiresAt) : IAuthority
    {
        public DateTimeOffset CreatedAt { get; } = createdAt;

        public DateTimeOffset ExpiresAt => expiresAt;

        public DateTimeOffset NeededUntil { get; set; } = createdAt;
    }
}
