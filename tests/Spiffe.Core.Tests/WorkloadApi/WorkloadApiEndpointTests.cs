namespace Spiffe.Tests.WorkloadApi;

public sealed class WorkloadApiEndpointTests
{
    private const string Alphabet = "unixtcpnpipe:/\\[]@?#%.0123456789abcf\0 \u00e9\ud800";

    [Theory]
    [InlineData("unix:///run/agent.sock", "/run/agent.sock")]
    [InlineData("unix:/run/agent.sock", "/run/agent.sock")]
    [InlineData("UNIX:///run/agent.sock", "/run/agent.sock")]
    [InlineData("unix:///run/a%20b.sock", "/run/a b.sock")]
    [InlineData("unix:///run/%C3%A9.sock", "/run/\u00e9.sock")]
    [InlineData("unix:////run//agent.sock", "//run//agent.sock")]
    [InlineData("unix:///run/../~a:b@c!$&'()*+,;=", "/run/../~a:b@c!$&'()*+,;=")]
    [Trait("Clause", "E-8")]
    [Trait("Clause", "E-9")]
    public void Parse_gives_the_path_of_a_Unix_socket(string text, string path)
    {
        WorkloadApiEndpoint endpoint = WorkloadApiEndpoint.Parse(text);

        Assert.Equal(EndpointKind.Unix, endpoint.Kind);
        Assert.Equal(path, endpoint.Address);
        Assert.True(endpoint.IsLocal);
        Assert.Null(endpoint.IPEndPoint);
        Assert.Equal(endpoint, WorkloadApiEndpoint.Parse(endpoint.ToString()));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:8081", "tcp://127.0.0.1:8081", true)]
    [InlineData("TCP://127.8.9.255:1", "tcp://127.8.9.255:1", true)]
    [InlineData("tcp://0.0.0.0:65535", "tcp://0.0.0.0:65535", false)]
    [InlineData("tcp://192.0.2.1:80", "tcp://192.0.2.1:80", false)]
    [InlineData("tcp://[::1]:8081", "tcp://[::1]:8081", true)]
    [InlineData("tcp://[0:0:0:0:0:0:0:1]:8081", "tcp://[::1]:8081", true)]
    [InlineData("tcp://[::]:8081", "tcp://[::]:8081", false)]
    [InlineData("tcp://[2001:DB8::1:0]:8081", "tcp://[2001:db8::1:0]:8081", false)]
    [InlineData("tcp://[1:2:3:4:5:6:7::]:8081", "tcp://[1:2:3:4:5:6:7:0]:8081", false)]
    [InlineData("tcp://[::ffff:127.0.0.1]:8081", "tcp://127.0.0.1:8081", true)]
    [Trait("Clause", "E-8")]
    [Trait("Clause", "E-10")]
    [Trait("Clause", "E-11")]
    public void Parse_gives_the_IP_address_and_the_port_of_a_TCP_endpoint(string text, string canonical, bool isLocal)
    {
        WorkloadApiEndpoint endpoint = WorkloadApiEndpoint.Parse(text);

        Assert.Equal(EndpointKind.Tcp, endpoint.Kind);
        Assert.Equal(canonical, endpoint.ToString());
        Assert.Equal(canonical, "tcp://" + endpoint.IPEndPoint);
        Assert.Equal(isLocal, endpoint.IsLocal);
        Assert.Equal(endpoint, WorkloadApiEndpoint.Parse(canonical));
    }

    [Theory]
    [InlineData("npipe:spire-agent", "spire-agent")]
    [InlineData("NPIPE:spire-agent", "spire-agent")]
    [InlineData(@"npipe:spire-agent\public\api", @"spire-agent\public\api")]
    [InlineData(@"npipe:\spire-agent\public\api", @"spire-agent\public\api")]
    [InlineData("npipe:spire-agent/public/api", @"spire-agent\public\api")]
    [InlineData("npipe:a%20b", "a%20b")]
    [Trait("Clause", "E-8")]
    public void Parse_gives_the_name_of_a_pipe(string text, string name)
    {
        WorkloadApiEndpoint endpoint = WorkloadApiEndpoint.Parse(text);

        Assert.Equal(EndpointKind.NamedPipe, endpoint.Kind);
        Assert.Equal(name, endpoint.Address);
        Assert.Equal("npipe:" + name, endpoint.ToString());
        Assert.True(endpoint.IsLocal);
        Assert.Equal(endpoint, WorkloadApiEndpoint.Parse(endpoint.ToString()));
    }

    [Theory]
    [InlineData("E-8", "")]
    [InlineData("E-8", ":")]
    [InlineData("E-8", "unix")]
    [InlineData("E-8", " unix:///a")]
    [InlineData("E-8", "http://127.0.0.1:80")]
    [InlineData("E-8", "udp://127.0.0.1:80")]
    [InlineData("E-8", "/run/agent.sock")]
    [InlineData("E-8", @"\\.\pipe\spire-agent")]
    [InlineData("E-8", "npipe:")]
    [InlineData("E-8", @"npipe:\")]
    [InlineData("E-8", "npipe:/name")]
    [InlineData("E-8", "npipe://name")]
    [InlineData("E-8", @"npipe:\\server\pipe\name")]
    [InlineData("E-8", @"npipe:\\.\pipe\name")]
    [InlineData("E-8", @"npipe:a\..\b")]
    [InlineData("E-8", @"npipe:a\")]
    [InlineData("E-8", "npipe:anonymous")]
    [InlineData("E-8", "npipe:a\nb")]
    [InlineData("E-9", "unix:")]
    [InlineData("E-9", "unix:/")]
    [InlineData("E-9", "unix://")]
    [InlineData("E-9", "unix:///")]
    [InlineData("E-9", "unix:///run/")]
    [InlineData("E-9", "unix://foo")]
    [InlineData("E-9", "unix://foo/bar")]
    [InlineData("E-9", "unix://localhost/bar")]
    [InlineData("E-9", "unix:agent.sock")]
    [InlineData("E-9", "unix:./agent.sock")]
    [InlineData("E-9", "unix:@agent")]
    [InlineData("E-9", "unix:///a%2")]
    [InlineData("E-9", "unix:///a%g0")]
    [InlineData("E-9", "unix:///a%00")]
    [InlineData("E-9", "unix:///a%ff")]
    [InlineData("E-9", "unix:///a b")]
    [InlineData("E-9", "unix:///a\n")]
    [InlineData("E-9", @"unix:///a\b")]
    [InlineData("E-9", "unix:///\u00e9")]
    [InlineData("E-10", "tcp:127.0.0.1:80")]
    [InlineData("E-10", "tcp:/127.0.0.1:80")]
    [InlineData("E-10", "tcp://")]
    [InlineData("E-10", "tcp://:80")]
    [InlineData("E-10", "tcp://localhost:80")]
    [InlineData("E-10", "tcp://agent.example.org:80")]
    [InlineData("E-10", "tcp://1:80")]
    [InlineData("E-10", "tcp://127.1:80")]
    [InlineData("E-10", "tcp://127.0.1:80")]
    [InlineData("E-10", "tcp://127.0.0.0.1:80")]
    [InlineData("E-10", "tcp://127.0.0.:80")]
    [InlineData("E-10", "tcp://127.0.0.256:80")]
    [InlineData("E-10", "tcp://127.0.0.+1:80")]
    [InlineData("E-10", "tcp:// 127.0.0.1:80")]
    [InlineData("E-10", "tcp://0x7f.0.0.1:80")]
    [InlineData("E-10", "tcp://010.0.0.1:80")]
    [InlineData("E-10", "tcp://127.0.0.00:80")]
    [InlineData("E-10", "tcp://2130706433:80")]
    [InlineData("E-10", "tcp://127%2e0.0.1:80")]
    [InlineData("E-10", "tcp://\u0661.0.0.1:80")]
    [InlineData("E-10", "tcp://::1:80")]
    [InlineData("E-10", "tcp://[127.0.0.1]:80")]
    [InlineData("E-10", "tcp://[]:80")]
    [InlineData("E-10", "tcp://[::1:80")]
    [InlineData("E-10", "tcp://[:::1]:80")]
    [InlineData("E-10", "tcp://[1::2::3]:80")]
    [InlineData("E-10", "tcp://[:1::]:80")]
    [InlineData("E-10", "tcp://[1:2:3:4:5:6:7]:80")]
    [InlineData("E-10", "tcp://[1:2:3:4:5:6:7:8:9]:80")]
    [InlineData("E-10", "tcp://[1:2:3:4:5:6:7::8]:80")]
    [InlineData("E-10", "tcp://[::00001]:80")]
    [InlineData("E-10", "tcp://[::g]:80")]
    [InlineData("E-10", "tcp://[::1/64]:80")]
    [InlineData("E-10", "tcp://[fe80::1%25eth0]:80")]
    [InlineData("E-10", "tcp://[fe80::1%1]:80")]
    [InlineData("E-10", "tcp://[::127.0.0.01]:80")]
    [InlineData("E-10", "tcp://[127.0.0.1::]:80")]
    [InlineData("E-10", "tcp://[v1.a]:80")]
    [InlineData("E-11", "tcp://127.0.0.1")]
    [InlineData("E-11", "tcp://127.0.0.1:")]
    [InlineData("E-11", "tcp://127.0.0.1:0")]
    [InlineData("E-11", "tcp://127.0.0.1:080")]
    [InlineData("E-11", "tcp://127.0.0.1:65536")]
    [InlineData("E-11", "tcp://127.0.0.1:99999999999")]
    [InlineData("E-11", "tcp://127.0.0.1:+80")]
    [InlineData("E-11", "tcp://127.0.0.1:-80")]
    [InlineData("E-11", "tcp://127.0.0.1: 80")]
    [InlineData("E-11", "tcp://127.0.0.1:8o")]
    [InlineData("E-11", "tcp://127.0.0.1:80\n")]
    [InlineData("E-11", "tcp://127.0.0.1:80:80")]
    [InlineData("E-11", "tcp://127.0.0.1:http")]
    [InlineData("E-11", "tcp://[::1]")]
    [InlineData("E-11", "tcp://[::1]80")]
    [InlineData("E-12", "unix:///a?")]
    [InlineData("E-12", "unix:///a?b")]
    [InlineData("E-12", "unix:///a#")]
    [InlineData("E-12", "unix:///a#b")]
    [InlineData("E-12", "tcp://127.0.0.1:80/")]
    [InlineData("E-12", "tcp://127.0.0.1:80/a")]
    [InlineData("E-12", "tcp://127.0.0.1:80?")]
    [InlineData("E-12", "tcp://127.0.0.1:80?a=b")]
    [InlineData("E-12", "tcp://127.0.0.1:80#")]
    [InlineData("E-12", "tcp://127.0.0.1:80#a")]
    [InlineData("E-12", "tcp://@127.0.0.1:80")]
    [InlineData("E-12", "tcp://user@127.0.0.1:80")]
    [InlineData("E-12", "tcp://user:secret@127.0.0.1:80")]
    [InlineData("E-12", "npipe:name?query")]
    [InlineData("E-12", "npipe:name#fragment")]
    [Trait("Clause", "E-8")]
    [Trait("Clause", "E-9")]
    [Trait("Clause", "E-10")]
    [Trait("Clause", "E-11")]
    [Trait("Clause", "E-12")]
    public void Parse_refuses_what_the_standard_does_not_allow(string clause, string text)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.Parse(text));

        Assert.True(exception.Reason == SpiffeErrorReason.EndpointInvalid, clause);
    }

    [Theory]
    [InlineData("unix:///", 200)]
    [InlineData("npipe:", 248)]
    public void Parse_refuses_a_name_that_is_too_long(string start, int length)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(
            () => WorkloadApiEndpoint.Parse(start + new string('a', length)));

        Assert.Equal(SpiffeErrorReason.EndpointInvalid, exception.Reason);
    }

    [Theory]
    [InlineData("tcp://localhost:80", "'localhost'", "127.0.0.1")]
    [InlineData("tcp://127.0.0.1:0", "'0'", "1 to 65535")]
    [InlineData("tcp://127.0.0.1:80/", "a path", "tcp://IP:port")]
    [InlineData("unix://run/agent.sock", "an authority", "unix:///path")]
    [InlineData("unix:///a\u0007b", "\\u0007", "'%' and two digits")]
    [InlineData("npipe://name", "'/'", "npipe:name")]
    public void A_refusal_says_what_was_found_and_what_was_expected(string text, string found, string expected)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.Parse(text));

        Assert.Contains(found, exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_may_type_a_bare_path()
    {
        Assert.Equal("unix:///run/agent.sock", WorkloadApiEndpoint.ParseUserInput("/run/agent.sock").ToString());
        Assert.Equal("/a%20b", WorkloadApiEndpoint.ParseUserInput("/a%20b").Address);
        Assert.Equal("unix:///a%20b%C3%A9", WorkloadApiEndpoint.ParseUserInput("/a b\u00e9").ToString());
        Assert.Equal("npipe:a\\b", WorkloadApiEndpoint.ParseUserInput(@"\\.\pipe\a\b").ToString());
        Assert.Equal("tcp://127.0.0.1:80", WorkloadApiEndpoint.ParseUserInput("tcp://127.0.0.1:80").ToString());
        Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.ParseUserInput("agent.sock"));
        Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.ParseUserInput("/run/"));
        Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.ParseUserInput(@"\\.\pipe\"));
        Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.ParseUserInput("/\ud800"));
    }

    [Fact]
    public void Places_of_different_kinds_are_different()
    {
        Assert.NotEqual(WorkloadApiEndpoint.Parse("npipe:127.0.0.1:80"), WorkloadApiEndpoint.Parse("tcp://127.0.0.1:80"));
        Assert.Equal(WorkloadApiEndpoint.Parse("tcp://[::1]:80"), WorkloadApiEndpoint.Parse("tcp://[0::1]:80"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix:")]
    [InlineData("unix:///")]
    [InlineData("tcp://")]
    [InlineData("tcp://127.0.0.1:")]
    [InlineData("tcp://[")]
    [InlineData("npipe:")]
    [InlineData("/")]
    public void Any_text_gives_an_endpoint_that_reads_the_same_again_or_a_SpiffeException(string start)
    {
        Random random = new(Seed: 11);
        for (int i = 0; i < 20_000; i++)
        {
            string text = start + new string([.. Enumerable.Range(0, random.Next(14)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            try
            {
                WorkloadApiEndpoint endpoint = WorkloadApiEndpoint.ParseUserInput(text);

                Assert.Equal(endpoint, WorkloadApiEndpoint.Parse(endpoint.ToString()));
            }
            catch (SpiffeException exception)
            {
                Assert.Equal(SpiffeErrorReason.EndpointInvalid, exception.Reason);
            }
        }
    }
}
