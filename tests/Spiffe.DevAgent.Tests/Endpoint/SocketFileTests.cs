extern alias agent;

using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Endpoint;

[Collection(nameof(SocketsAlone))]
[UnsupportedOSPlatform("windows")]
public sealed class SocketFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private IEnumerable<string> Files => _folder.EnumerateFileSystemInfos().Select(file => file.Name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_socket_appears_for_every_local_user_and_is_gone_afterwards()
    {
        using (SocketFile socket = Open(SocketPath))
        {
            Assert.Equal("unix://" + SocketPath, socket.Endpoint);
            Assert.Equal(["agent.sock"], Files);
            Assert.Equal((UnixFileMode)0b111_111_111, File.GetUnixFileMode(SocketPath));
            Assert.True(Answers(SocketPath));
        }

        Assert.Empty(Files);
    }

    [Fact]
    public void Without_an_endpoint_it_lives_in_a_folder_for_this_user_alone()
    {
        string folder;
        using (SocketFile socket = SocketFile.Open(endpoint: null))
        {
            folder = Path.GetDirectoryName(socket.Path)!;
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void An_abandoned_socket_is_replaced()
    {
        using (Socket killed = Listen(SocketPath + ".bound"))
        {
            // .NET removes the name that it bound; a process that is killed removes nothing.
            File.Move(SocketPath + ".bound", SocketPath);
        }

        Assert.False(Answers(SocketPath));

        using SocketFile socket = Open(SocketPath);

        Assert.True(Answers(SocketPath));
    }

    [Fact]
    public void A_socket_with_a_listener_is_kept()
    {
        using Socket owner = Listen(SocketPath);

        Assert.Throws<AgentException>(() => Open(SocketPath));

        Assert.True(Answers(SocketPath));
    }

    [Fact]
    public void A_socket_that_replaced_its_own_is_kept()
    {
        SocketFile socket = Open(SocketPath);
        File.Delete(SocketPath);
        using Socket successor = Listen(SocketPath);

        socket.Dispose();

        Assert.True(Answers(SocketPath));
    }

    [Fact]
    public void A_file_is_not_a_socket_and_stays()
    {
        File.WriteAllText(SocketPath, "precious");

        Assert.Throws<AgentException>(() => Open(SocketPath));

        Assert.Equal("precious", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void A_folder_is_not_a_socket_and_stays()
    {
        Directory.CreateDirectory(SocketPath);

        Assert.Throws<AgentException>(() => Open(SocketPath));

        Assert.True(Directory.Exists(SocketPath));
    }

    [Fact]
    public async Task A_named_pipe_is_no_socket_and_is_not_waited_for()
    {
        using Process mkfifo = Process.Start("mkfifo", [SocketPath]);
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<AgentException>(() => Task.Run(() => Open(SocketPath))
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        Assert.Equal(["agent.sock"], Files);
    }

    [Fact]
    public void A_link_is_not_a_socket_and_stays_wherever_it_leads()
    {
        File.CreateSymbolicLink(SocketPath, "nowhere");

        Assert.Throws<AgentException>(() => Open(SocketPath));

        Assert.Equal(["agent.sock"], Files);
    }

    [Theory]
    [InlineData("/nowhere/agent.sock")]
    [InlineData("/proc/agent.sock")]
    public void A_place_where_no_socket_can_be_is_refused(string path) =>
        Assert.Throws<AgentException>(() => Open(path));

    private static SocketFile Open(string path) => SocketFile.Open(WorkloadApiEndpoint.ParseUserInput(path));

    private static Socket Listen(string path)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    private static bool Answers(string path)
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            client.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
