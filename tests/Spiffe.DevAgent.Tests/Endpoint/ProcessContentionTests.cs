using System.Diagnostics;
using System.Net.Sockets;

namespace Spiffe.Tests.Endpoint;

/// <summary>Agents, as processes, that replace the same abandoned socket.</summary>
public sealed class ProcessContentionTests : ProcessTest
{
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Of_agents_that_start_together_one_serves_and_the_others_say_so(int count)
    {
        using (Socket killed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(SocketPath + ".bound"));
            File.Move(SocketPath + ".bound", SocketPath);
        }

        Process[] agents = [.. Enumerable.Range(0, count).Select(_ => Start())];
        try
        {
            await Task.WhenAll(agents.Select(agent => agent.StandardInput.WriteLineAsync(Settings)));
            string?[] ready = await Task.WhenAll(agents.Select(agent => agent.StandardOutput.ReadLineAsync(Token).AsTask()));

            Assert.Single(ready, line => line is not null);
            Assert.True(CanConnect(SocketPath));
            foreach ((Process loser, _) in agents.Zip(ready).Where(pair => pair.Second is null))
            {
                Assert.Contains(
                    "already listens", await loser.StandardError.ReadToEndAsync(Token), StringComparison.Ordinal);
            }
        }
        finally
        {
            foreach (Process agent in agents)
            {
                agent.StandardInput.Close();
                await agent.WaitForExitAsync(Token);
                agent.Dispose();
            }
        }

        Assert.False(File.Exists(SocketPath));
    }
}
