extern alias agent;

using System.Net.Sockets;
using System.Runtime.Versioning;
using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Endpoint;

/// <summary>Several who want the same socket at the same instant.</summary>
[Collection(nameof(SocketsAlone))]
[UnsupportedOSPlatform("windows")]
public sealed class SocketContentionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private IEnumerable<string> Files => _folder.EnumerateFileSystemInfos().Select(file => file.Name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(2, 300)]
    [InlineData(8, 100)]
    public void Of_those_that_find_the_same_abandoned_socket_one_gets_it_and_answers(int count, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            Abandon();

            (SocketFile? socket, string? fault)[] ends = InParallel(count, () => TryOpen());

            SocketFile winner = Assert.Single(ends, end => end.socket is not null).socket!;
            Assert.All(
                ends.Where(end => end.socket is null),
                end => Assert.Contains("already listens", end.fault!, StringComparison.Ordinal));
            Assert.Equal(["agent.sock"], Files);
            Assert.True(Reaches(winner));
            winner.Dispose();
            Assert.Empty(Files);
        }
    }

    [Fact]
    public void One_that_starts_while_another_stops_answers_or_reports_that_the_address_is_taken()
    {
        for (int round = 0; round < 300; round++)
        {
            SocketFile leaving = SocketFile.Open(WorkloadApiEndpoint.ParseUserInput(SocketPath));

            (SocketFile? Socket, string? Fault)[] ends = InParallel(2, index =>
            {
                if (index == 1)
                {
                    return TryOpen();
                }

                leaving.Dispose();
                return (null, null);
            });

            (SocketFile? coming, string? fault) = ends[1];
            Assert.True(coming is null ? fault!.Contains("already listens", StringComparison.Ordinal) : Reaches(coming));
            coming?.Dispose();
            Assert.Empty(Files);
        }
    }

    [Fact]
    public void One_that_takes_no_turns_is_never_removed()
    {
        for (int round = 0; round < 300; round++)
        {
            Abandon();
            using Socket foreigner = Listen(SocketPath + ".foreign");

            (SocketFile? Socket, string? Fault)[] ends = InParallel(3, index =>
            {
                if (index > 0)
                {
                    return TryOpen();
                }

                File.Move(SocketPath + ".foreign", SocketPath, overwrite: true);
                return (null, null);
            });

            using (Socket client = Connect())
            {
                Assert.True(foreigner.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead));
            }

            Assert.All(
                ends.Where(end => end.Fault is not null),
                end => Assert.Contains("already listens", end.Fault!, StringComparison.Ordinal));
            Array.ForEach(ends, end => end.Socket?.Dispose());
            Assert.Equal(["agent.sock"], Files);
        }
    }

    private static T[] InParallel<T>(int count, Func<int, T> run)
    {
        using Barrier start = new(count);
        T[] results = new T[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            results[index] = run(index);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return results;
    }

    private static T[] InParallel<T>(int count, Func<T> run) => InParallel(count, _ => run());

    private static Socket Listen(string path)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    private (SocketFile? Socket, string? Fault) TryOpen()
    {
        try
        {
            return (SocketFile.Open(WorkloadApiEndpoint.ParseUserInput(SocketPath)), null);
        }
        catch (AgentException exception)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>Leaves a socket without a listener, as a killed agent does.</summary>
    private void Abandon()
    {
        using Socket killed = Listen(SocketPath + ".bound");
        File.Move(SocketPath + ".bound", SocketPath, overwrite: true);
    }

    private Socket Connect()
    {
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return client;
    }

    private bool Reaches(SocketFile socket)
    {
        using Socket client = Connect();
        return socket.Listener.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead);
    }
}
