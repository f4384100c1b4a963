using System.Net.Sockets;
using System.Security.Cryptography;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Tunnels;

public sealed class TunnelTests : TunnelTest
{
    [Fact]
    public async Task Bytes_go_through_both_ways_and_are_counted_with_the_ID_of_the_peer()
    {
        (RunningTunnel clientTunnel, RunningTunnel serverTunnel) = StartPair();
        byte[] question = RandomNumberGenerator.GetBytes(5_000_001);
        byte[] answer = RandomNumberGenerator.GetBytes(3_000_003);
        using Socket client = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);

        Task sending = SendAllAsync(client, question);
        Task answering = SendAllAsync(target, answer);
        Task<byte[]> asked = ReadToEndAsync(target);
        byte[] answered = await ReadToEndAsync(client);
        await Task.WhenAll(sending, answering);

        Assert.Equal(SHA256.HashData(question), SHA256.HashData(await asked));
        Assert.Equal(SHA256.HashData(answer), SHA256.HashData(answered));
        TunnelConnection outgoing = await ReadOneAsync(clientTunnel);
        TunnelConnection incoming = await ReadOneAsync(serverTunnel);
        Assert.Equal(
            (WebId, 5_000_001, 3_000_003, TunnelOutcome.Completed, null),
            (outgoing.PeerId?.ToString(), outgoing.BytesSent, outgoing.BytesReceived, outgoing.Outcome, outgoing.Message));
        Assert.Equal(
            (ShopId, 3_000_003, 5_000_001, TunnelOutcome.Completed, null),
            (incoming.PeerId?.ToString(), incoming.BytesSent, incoming.BytesReceived, incoming.Outcome, incoming.Message));
        Assert.Equal(client.LocalEndPoint!.ToString(), outgoing.Client);
        Tunnel counted = clientTunnel.Describe();
        Assert.Equal((1, 5_000_001, 3_000_003), (counted.TotalConnections, counted.BytesSent, counted.BytesReceived));
    }

    [Fact]
    public async Task A_client_that_ends_its_direction_still_gets_the_answer()
    {
        (RunningTunnel clientTunnel, _) = StartPair();
        using Socket client = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);

        await SendAllAsync(client, "question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await ReadToEndAsync(target));
        await SendAllAsync(target, "answer"u8.ToArray());

        Assert.Equal("answer"u8.ToArray(), await ReadToEndAsync(client));
        Assert.Equal(TunnelOutcome.Completed, (await ReadOneAsync(clientTunnel)).Outcome);
    }

    [Fact]
    public async Task A_target_that_ends_its_direction_still_gets_what_the_client_sends()
    {
        (RunningTunnel clientTunnel, _) = StartPair();
        using Socket client = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);

        await SendAllAsync(target, "greeting"u8.ToArray());
        Assert.Equal("greeting"u8.ToArray(), await ReadToEndAsync(client));
        await SendAllAsync(client, "more"u8.ToArray());

        Assert.Equal("more"u8.ToArray(), await ReadToEndAsync(target));
        Assert.Equal(TunnelOutcome.Completed, (await ReadOneAsync(clientTunnel)).Outcome);
    }

    [Fact]
    public async Task A_target_that_does_not_read_stops_the_client_and_nothing_is_lost()
    {
        const int Far = 200_000_000;
        (RunningTunnel clientTunnel, _) = StartPair();
        using Socket client = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);
        byte[] block = new byte[100_000];
        long sent = 0;

        Task<int>? sending = null;
        while (sent < Far)
        {
            sending = client.SendAsync(block, Token).AsTask();
            if (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(2), Token)) != sending)
            {
                break;
            }

            sent += await sending;
        }

        Assert.InRange(sent, 1, Far - 1);
        Task<byte[]> reading = ReadToEndAsync(target);
        sent += await sending!;
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent, (await reading).LongLength);
    }

    [Fact]
    public async Task A_thousand_connections_are_open_at_a_time()
    {
        const int Count = 1000;
        (RunningTunnel clientTunnel, RunningTunnel serverTunnel) = StartPair();
        Task echoing = EchoAsync(Count);

        Socket[] clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => DialAsync(clientTunnel)));
        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            byte[] message = BitConverter.GetBytes(i);
            await client.SendAsync(message, Token);
            byte[] echo = new byte[message.Length];
            Assert.Equal(echo.Length, await client.ReceiveAsync(echo, Token));
            Assert.Equal(message, echo);
        }));

        Assert.Equal(Count, clientTunnel.Describe().ActiveConnections);
        Assert.Equal(Count, serverTunnel.Describe().ActiveConnections);
        foreach (Socket client in clients)
        {
            client.Shutdown(SocketShutdown.Send);
        }

        await Task.WhenAll(clients.Select(ReadToEndAsync));
        await echoing;
        TunnelConnection[] connections = await ReadAsync(clientTunnel, Count);
        Assert.All(connections, connection => Assert.Equal((4, 4, null), (connection.BytesSent, connection.BytesReceived, connection.Message)));
        await Eventually.TrueAsync(() => clientTunnel.Describe().ActiveConnections == 0, Token);
    }

    [Fact]
    public async Task More_connections_than_the_limit_wait_until_one_ends()
    {
        RunningTunnel server = Start(Options(TunnelMode.Server, TargetAddress));
        RunningTunnel clientTunnel = Start(
            Options(TunnelMode.Client, AddressOf(server)) with { MaxConnections = 1, ReportsConnections = false });
        using Socket first = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);
        using Socket second = await DialAsync(clientTunnel);

        Task<Socket> waiting = Target.AcceptSocketAsync(Token).AsTask();
        await Task.Delay(300, Token);
        Assert.False(waiting.IsCompleted);
        first.Shutdown(SocketShutdown.Send);
        target.Shutdown(SocketShutdown.Send);

        using Socket next = await waiting;
        await SendAllAsync(second, "second"u8.ToArray());
        Assert.Equal("second"u8.ToArray(), await ReadToEndAsync(next));
    }

    [Fact]
    public async Task A_connection_that_is_idle_for_too_long_is_ended()
    {
        RunningTunnel server = Start(Options(TunnelMode.Server, TargetAddress));
        RunningTunnel clientTunnel = Start(
            Options(TunnelMode.Client, AddressOf(server)) with { IdleTimeout = TimeSpan.FromSeconds(1) });
        using Socket client = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);
        for (int i = 0; i < 6; i++)
        {
            // Together longer than the time-out.
            await client.SendAsync(new byte[1], Token);
            Assert.Equal(1, await ReadSomeAsync(target));
            await Task.Delay(250, Token);
        }

        await AssertResetAsync(client);

        TunnelConnection connection = await ReadOneAsync(clientTunnel);
        Assert.Equal((TunnelOutcome.Broken, 6), (connection.Outcome, connection.BytesSent));
        Assert.InRange(connection.Duration.TotalSeconds, 2.2, 60);
        await AssertResetAsync(target);
    }

    [Fact]
    public async Task A_tunnel_that_is_stopped_ends_its_connections_and_reports_them()
    {
        (RunningTunnel clientTunnel, _) = StartPair();
        using Socket client = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);
        await client.SendAsync(new byte[3], Token);
        Assert.Equal(3, await ReadSomeAsync(target));

        await clientTunnel.DisposeAsync();

        await AssertResetAsync(client);
        TunnelConnection connection = await ReadOneAsync(clientTunnel);
        Assert.Equal((TunnelOutcome.Stopped, 3), (connection.Outcome, connection.BytesSent));
        SocketException refusal = await Assert.ThrowsAsync<SocketException>(() => DialAsync(clientTunnel));
        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
    }

    [Fact]
    public async Task A_tunnel_can_be_stopped_at_any_moment()
    {
        for (int i = 0; i < 500; i++)
        {
            RunningTunnel tunnel = Start(Options(TunnelMode.Client, TargetAddress));
            Thread.SpinWait(20 * i);

            await tunnel.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_tunnel_whose_reader_has_paused_can_be_stopped()
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Client, TargetAddress) with { MaxConnections = 1 });
        for (int i = 0; i < 2; i++)
        {
            using Socket client = await DialAsync(tunnel);
            using Socket target = await Target.AcceptSocketAsync(Token);
        }

        await Eventually.TrueAsync(() => tunnel.Describe() is { } now && now.BrokenConnections + now.RefusedConnections == 2, Token);
        await tunnel.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(1, await tunnel.ReadConnectionsAsync(Token).CountAsync(Token));
    }

    [Fact]
    public async Task A_connection_that_one_side_resets_is_reset_on_the_other()
    {
        (RunningTunnel clientTunnel, _) = StartPair();
        using Socket client = await DialAsync(clientTunnel);
        using Socket target = await Target.AcceptSocketAsync(Token);
        await client.SendAsync(new byte[3], Token);
        Assert.Equal(3, await ReadSomeAsync(target));

        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Dispose();

        await AssertResetAsync(target);
        Assert.Equal(TunnelOutcome.Broken, (await ReadOneAsync(clientTunnel)).Outcome);
    }

    private static async Task SendAllAsync(Socket socket, byte[] content)
    {
        for (int sent = 0; sent < content.Length;)
        {
            sent += await socket.SendAsync(content.AsMemory(sent), Token);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private async Task EchoAsync(int count)
    {
        List<Task> echoes = [];
        for (int i = 0; i < count; i++)
        {
            Socket socket = await Target.AcceptSocketAsync(Token);
            echoes.Add(Task.Run(
                async () =>
                {
                    await using NetworkStream stream = new(socket, ownsSocket: true);
                    await stream.CopyToAsync(stream, Token);
                },
                Token));
        }

        await Task.WhenAll(echoes);
    }
}
