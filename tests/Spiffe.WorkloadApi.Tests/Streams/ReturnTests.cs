extern alias client;

using client::Spiffe.WorkloadApi;
using Spiffe.Testing;

namespace Spiffe.Tests.Streams;

/// <summary>Agents that go, come back, or are replaced.</summary>
public sealed class ReturnTests : ClientTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private WorkloadApiEndpoint Endpoint => WorkloadApiEndpoint.ParseUserInput(SocketPath);

    [Fact]
    [Trait("Clause", "A-3")]
    [Trait("Clause", "E-15")]
    public async Task A_watch_does_not_sit_out_its_pause_when_the_socket_comes_back()
    {
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch =
            WorkloadApiClient.For(Endpoint).WatchX509SvidsAsync(Token).GetAsyncEnumerator(Token);
        WatchEvent<IReadOnlyList<X509Svid>> news = await NextAsync(watch);
        while (news.RetryIn < TimeSpan.FromSeconds(6))
        {
            news = await NextAsync(watch);
        }

        long start = Environment.TickCount64;
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync(SocketPath);
        server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        news = await NextAsync(watch);

        Assert.NotNull(news.Value);
        Assert.True(Environment.TickCount64 - start < 5000, "the watch waited for its pause to end");
    }

    [Fact]
    public async Task A_pause_ends_with_its_time_where_nothing_comes_back()
    {
        Assert.False(await SocketFile.WaitForOtherAsync(Endpoint, before: null, TimeSpan.FromMilliseconds(300), Token));
        await File.WriteAllTextAsync(SocketPath, "a socket to the eye", Token);
        DateTime? before = SocketFile.FindTime(Endpoint);

        Assert.False(await SocketFile.WaitForOtherAsync(Endpoint, before, TimeSpan.FromMilliseconds(300), Token));
        Assert.True(await SocketFile.WaitForOtherAsync(Endpoint, before: null, TimeSpan.FromHours(1), Token));
    }

    [Fact]
    public async Task Another_agent_at_the_same_path_is_asked_although_the_old_one_still_lives()
    {
        await using ScriptedWorkloadApi old = await ScriptedWorkloadApi.StartAsync(SocketPath);
        old.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        byte[] before = await FetchBundleAsync();
        File.Delete(SocketPath);

        await using ScriptedWorkloadApi @new = await ScriptedWorkloadApi.StartAsync(SocketPath);
        @new.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(TestAuthority.Create()));

        Assert.NotEqual(before, await FetchBundleAsync());
        Assert.Equal(1, old.Connections);
        Assert.Same(WorkloadApiClient.For(Endpoint), WorkloadApiClient.For(Endpoint));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task<byte[]> FetchBundleAsync() =>
        (await WorkloadApiClient.For(Endpoint).FetchX509SvidsAsync(Token))[0].Bundle.ToDer();
}
