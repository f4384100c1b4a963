using Grpc.Core;
using Spiffe.Testing;
using Spiffe.Transport;

namespace Spiffe.Tests.Connections;

/// <summary>What is known of a peer when HTTP says no more than that the connection was lost.</summary>
public sealed class EndpointConnectorTests : IDisposable
{
    private static readonly byte[] s_preface = new byte[24];

    private readonly RawServer _server = new();
    private readonly EndpointConnector _connector;

    public EndpointConnectorTests() => _connector = new(WorkloadApiEndpoint.ParseUserInput(_server.SocketPath));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", SpiffeErrorReason.ResponseInvalid)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", SpiffeErrorReason.ResponseInvalid)]
    [InlineData("hi", SpiffeErrorReason.ResponseInvalid)]
    [InlineData("\0\0\u0006\u0006\0\0\0\0\0", SpiffeErrorReason.ResponseInvalid)]
    [InlineData("\0\0\u0006\u0004\0\0\0\0\0", SpiffeErrorReason.EndpointUnreachable)]
    [InlineData("\0\0\u0006\u0004", SpiffeErrorReason.EndpointUnreachable)]
    [InlineData("", SpiffeErrorReason.EndpointUnreachable)]
    public async Task The_first_bytes_tell_who_is_there(string greeting, SpiffeErrorReason reason)
    {
        Task served = _server.BlurtAsync(greeting, Token);
        await using (Stream stream = await _connector.ConnectAsync(Token))
        {
            await ReadToEndAsync(stream);
        }

        await served;

        Assert.Equal(reason, ExplainLostConnection());
    }

    [Fact]
    public async Task What_was_sent_before_a_write_failed_is_still_read()
    {
        await using Stream stream = await _connector.ConnectAsync(Token);
        await _server.BlurtAsync("SSH-2.0-OpenSSH_9.2\r\n", Token);
        Task write = stream.WriteAsync(s_preface, Token).AsTask();

        await ReadToEndAsync(stream);

        await Assert.ThrowsAsync<IOException>(() => write);
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, ExplainLostConnection());
    }

    [Fact]
    public async Task A_server_that_came_back_is_judged_anew()
    {
        foreach (string greeting in (string[])["SSH-2.0-OpenSSH_9.2\r\n", ""])
        {
            Task served = _server.BlurtAsync(greeting, Token);
            await using Stream stream = await _connector.ConnectAsync(Token);
            await ReadToEndAsync(stream);
            await served;
        }

        Assert.Equal(SpiffeErrorReason.EndpointUnreachable, ExplainLostConnection());
    }

    private static async Task ReadToEndAsync(Stream stream)
    {
        byte[] buffer = new byte[5];
        while (await stream.ReadAsync(buffer, Token) > 0)
        {
        }
    }

    private SpiffeErrorReason ExplainLostConnection() => CallFailure.Explain(
        new RpcException(new Status(StatusCode.Unavailable, "lost", new HttpRequestException("lost"))), _connector).Reason;
}
