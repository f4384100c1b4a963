using Spiffe.Helper;

namespace Spiffe.Tests.Runs;

public sealed class NewsSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_that_waits_on_the_thread_that_asks_holds_up_no_other()
    {
        using ManualResetEventSlim isAnswered = new();
        Task<NewsSource<string>> made = Task.Run(
            () => new NewsSource<string>(WatchAsync(isAnswered), _ => Task.FromResult<IReadOnlyList<HelperEvent>>([])), Token);

        // As a second event does not come either.
        await using NewsSource<string> source = await made.WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.False(source.Next.IsCompleted);
        isAnswered.Set();
        await source.Next.WaitAsync(TimeSpan.FromSeconds(10), Token);
        isAnswered.Reset();

        await Task.Run(source.TakeAsync, Token).WaitAsync(TimeSpan.FromSeconds(10), Token);

        isAnswered.Set();
    }

    private static async IAsyncEnumerable<WatchEvent<string>> WatchAsync(ManualResetEventSlim isAnswered)
    {
        while (true)
        {
            isAnswered.Wait(Token);
            yield return WatchEvent<string>.Changed("news");
            await Task.CompletedTask;
        }
    }
}
