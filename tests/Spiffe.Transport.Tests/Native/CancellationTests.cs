using Grpc.Core;
using Spiffe.Testing;
using Spiffe.Transport;

namespace Spiffe.Tests.Native;

/// <summary>Calls that are cancelled, closed and given up, at any moment and from any thread.</summary>
public sealed class CancellationTests : ClientTest
{
    private const int Calls = 300;
    private const string Method = "SpiffeWorkloadAPI/FetchX509SVID";

    [Fact]
    public async Task A_call_may_be_cancelled_at_any_moment()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        for (int i = 0; i < Calls; i++)
        {
            using CancellationTokenSource source = new(TimeSpan.FromMicroseconds(i * 10));
            try
            {
                Assert.Single(await Client.FetchX509SvidsAsync(source.Token));
            }
            catch (OperationCanceledException)
            {
                Assert.True(source.IsCancellationRequested);
            }
        }

        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    [Fact]
    public async Task A_call_that_is_closed_while_a_thread_waits_in_it_ends_the_wait()
    {
        TaskCompletionSource asked = new();
        Server.X509Svids = async (_, token) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        NativeChannel channel = new(WorkloadApiEndpoint.Parse(Server.Endpoint));
        IAgentCall call = channel.Open(Method, [], Token);
        Task wait = Task.Run(async () => await call.NextAsync(), Token);
        await asked.Task;

        call.Dispose();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => wait);
        Assert.Equal(StatusCode.Cancelled, exception.StatusCode);
        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    [Fact]
    public async Task A_call_that_has_ended_takes_another_question_and_another_end()
    {
        Server.X509Svids = (_, _) => Task.CompletedTask;
        NativeChannel channel = new(WorkloadApiEndpoint.Parse(Server.Endpoint));
        IAgentCall call = channel.Open(Method, [], Token);

        Assert.Null(await call.NextAsync());
        Assert.Null(await call.NextAsync());
        call.Dispose();
        call.Dispose();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => call.NextAsync().AsTask());
        Assert.Equal(StatusCode.Cancelled, exception.StatusCode);
    }

    [Fact]
    public void A_text_that_is_not_an_endpoint_opens_no_channel() =>
        Assert.True(NativeMethods.OpenChannel("nowhere"u8, 7).IsInvalid);
}
