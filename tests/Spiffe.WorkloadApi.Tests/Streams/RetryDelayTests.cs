extern alias client;

using client::Spiffe.WorkloadApi;

namespace Spiffe.Tests.Streams;

public sealed class RetryDelayTests
{
    [Fact]
    [Trait("Clause", "A-42")]
    public void The_delay_doubles_from_1_to_30_seconds_within_20_percent()
    {
        RetryDelay delay = new();

        foreach (double expected in (double[])[1, 2, 4, 8, 16, 30, 30])
        {
            Assert.InRange(delay.Next().TotalSeconds, expected * 0.8, expected * 1.2);
        }
    }

    [Fact]
    public void A_good_message_starts_it_anew()
    {
        RetryDelay delay = new();
        delay.Next();
        delay.Next();

        delay.Reset();

        Assert.InRange(delay.Next().TotalSeconds, 0.8, 1.2);
    }

    [Fact]
    public void Only_a_stream_that_brought_something_is_opened_again_at_once_and_not_in_a_tight_loop()
    {
        RetryDelay delay = new();
        Assert.False(delay.TrySkip(TimeSpan.Zero));

        delay.Reset();
        Assert.True(delay.TrySkip(TimeSpan.Zero));
        Assert.False(delay.TrySkip(TimeSpan.Zero));

        delay.Reset();
        Assert.False(delay.TrySkip(TimeSpan.Zero));

        delay.Reset();
        Assert.True(delay.TrySkip(TimeSpan.FromMinutes(1)));
    }
}
