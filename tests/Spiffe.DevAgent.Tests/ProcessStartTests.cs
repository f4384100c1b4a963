using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Spiffe.Tests;

/// <summary>What the agent starts from, and what keeps it from starting.</summary>
public sealed class ProcessStartTests : ProcessTest
{
    [Fact]
    public async Task A_socket_that_was_left_behind_is_replaced()
    {
        using (Process killed = Start())
        {
            await StartServingAsync(killed, Settings);
            killed.Kill();
            await killed.WaitForExitAsync(Token);
        }

        Assert.True(File.Exists(SocketPath));
        using Process agent = Start();

        await StartServingAsync(agent, Settings);

        Assert.True(CanConnect(SocketPath));
        agent.StandardInput.Close();
        await agent.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task A_socket_that_is_served_is_kept()
    {
        using Process first = Start();
        await StartServingAsync(first, Settings);
        using Process second = Start();

        Assert.Contains("already listens", await RunToFailureAsync(second, Settings, exitCode: 1), StringComparison.Ordinal);

        Assert.True(CanConnect(SocketPath));
        first.StandardInput.Close();
        await first.WaitForExitAsync(Token);
    }

    [Theory]
    [InlineData(false, "is not a socket")]
    [InlineData(true, "is not a socket")]
    public async Task A_file_or_a_folder_in_the_way_is_kept(bool isFolder, string word)
    {
        if (isFolder)
        {
            Directory.CreateDirectory(SocketPath);
        }
        else
        {
            await File.WriteAllTextAsync(SocketPath, "precious", Token);
        }

        using Process agent = Start();

        Assert.Contains(word, await RunToFailureAsync(agent, Settings, exitCode: 1), StringComparison.Ordinal);
        Assert.True(isFolder ? Directory.Exists(SocketPath) : await File.ReadAllTextAsync(SocketPath, Token) == "precious");
    }

    [Theory]
    [InlineData("not JSON", 2, "JSON")]
    [InlineData("""{"trustDomain":"Example.org"}""", 2, "lower case")]
    [InlineData("""{"entries":[null]}""", 2, "entries[0]")]
    [InlineData("""{"endpoint":"unix:///nowhere/agent.sock"}""", 1, "/nowhere/agent.sock")]
    [InlineData("""{"endpoint":"unix:///proc/agent.sock"}""", 1, "/proc/agent.sock")]
    public async Task What_it_cannot_do_is_said_in_one_sentence(string settings, int exitCode, string word)
    {
        using Process agent = Start();

        string said = await RunToFailureAsync(agent, settings, exitCode);

        Assert.Contains(word, said, StringComparison.Ordinal);
        Assert.Single(said.Trim().Split('\n'));
    }

    [Fact]
    [Trait("Clause", "E-1")]
    [Trait("Clause", "E-3")]
    public async Task Variables_that_would_open_a_port_are_not_read()
    {
        int port = FindFreePort();
        using Process agent = Start(
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
            ("Kestrel__Endpoints__Plain__Url", $"http://127.0.0.1:{port}"),
            ("Kestrel__Endpoints__Secure__Url", $"https://127.0.0.1:{port}"));
        await StartServingAsync(agent, Settings);
        using TcpClient client = new();

        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port, Token).AsTask());

        agent.StandardInput.Close();
        await agent.WaitForExitAsync(Token);
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
