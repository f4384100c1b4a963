extern alias agent;

using System.Net;
using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Callers;

/// <summary>The kernel's list as a machine with little-endian numbers has it.</summary>
public sealed class LinuxTcpTableTests
{
    private const string Heading =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    private static readonly IPEndPoint s_client = IPEndPoint.Parse("127.0.0.1:40000");
    private static readonly IPEndPoint s_agent = IPEndPoint.Parse("127.0.0.1:8081");

    [Theory]
    [InlineData("0100007F:9C40 0100007F:1F91 01", "4711")]
    [InlineData("0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:1F91 01", "4711")]
    [InlineData("0100007F:1F91 0100007F:9C40 01", null)]
    [InlineData("0100007F:9C40 0100007F:1F91 06", null)]
    [InlineData("0100007F:9C41 0100007F:1F91 01", null)]
    [InlineData("0200007F:9C40 0100007F:1F91 01", null)]
    [Trait("Clause", "E-3")]
    public void The_clients_end_is_the_open_socket_with_the_agents_addresses_reversed(string row, string? inode)
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "The rows are those of a little-endian machine.");

        (uint UserId, long Inode)? found = LinuxTcpTable.Find([Heading, Complete(row, "1000", "4711")], s_client, s_agent);

        Assert.Equal(inode, found?.Inode.ToString(provider: null));
        Assert.Equal(inode is null ? null : 1000u, found?.UserId);
    }

    [Fact]
    public void IPv6_addresses_are_written_in_four_groups()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "The rows are those of a little-endian machine.");
        string row = "00000000000000000000000001000000:9C40 00000000000000000000000001000000:1F91 01";

        (uint UserId, long Inode)? found = LinuxTcpTable.Find(
            [Heading, Complete(row, "0", "1")], IPEndPoint.Parse("[::1]:40000"), IPEndPoint.Parse("[::1]:8081"));

        Assert.Equal((0u, 1L), found);
    }

    [Fact]
    public void Two_sockets_that_fit_are_none()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "The rows are those of a little-endian machine.");
        string row = Complete("0100007F:9C40 0100007F:1F91 01", "1000", "4711");

        Assert.Null(LinuxTcpTable.Find([Heading, row, row], s_client, s_agent));
    }

    private static string Complete(string row, string userId, string inode) =>
        $"   0: {row} 00000000:00000000 00:00000000 00000000  {userId}        0 {inode} 1 0000000000000000 20 0 0 10 -1";
}
