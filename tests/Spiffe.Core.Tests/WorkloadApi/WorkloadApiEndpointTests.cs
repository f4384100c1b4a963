namespace Spiffe.Tests.WorkloadApi;

public sealed class WorkloadApiEndpointTests
{
    [Theory]
    [InlineData("unix:///run/agent.sock", "/run/agent.sock")]
    [InlineData("unix:/run/agent.sock", "/run/agent.sock")]
    [InlineData("UNIX:///run/agent.sock", "/run/agent.sock")]
    [InlineData("unix:///run/a%20b.sock", "/run/a b.sock")]
    [Trait("Clause", "E-9")]
    public void Parse_gives_the_path_of_a_Unix_socket(string text, string path)
    {
        WorkloadApiEndpoint endpoint = WorkloadApiEndpoint.Parse(text);

        Assert.Equal(EndpointKind.Unix, endpoint.Kind);
        Assert.Equal(path, endpoint.Address);
        Assert.Equal(endpoint, WorkloadApiEndpoint.Parse(endpoint.ToString()));
    }

    [Theory]
    [InlineData("E-8", "")]
    [InlineData("E-8", "http://127.0.0.1:80")]
    [InlineData("E-8", "/run/agent.sock")]
    [InlineData("E-9", "unix:")]
    [InlineData("E-9", "unix://")]
    [InlineData("E-9", "unix:///")]
    [InlineData("E-9", "unix://foo")]
    [InlineData("E-9", "unix://foo/bar")]
    [InlineData("E-9", "unix:agent.sock")]
    [InlineData("E-9", "unix:///a%2")]
    [InlineData("E-9", "unix:///a%00")]
    [InlineData("E-12", "unix:///a?")]
    [InlineData("E-12", "unix:///a#b")]
    public void Parse_refuses_what_the_standard_does_not_allow(string clause, string text)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.Parse(text));

        Assert.True(exception.Reason == SpiffeErrorReason.EndpointInvalid, clause);
    }

    [Fact]
    public void Parse_refuses_a_path_that_no_socket_can_have()
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(
            () => WorkloadApiEndpoint.Parse("unix:///" + new string('a', 200)));

        Assert.Equal(SpiffeErrorReason.EndpointInvalid, exception.Reason);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:8081")]
    [InlineData("npipe:spire-agent")]
    public void Kinds_that_are_not_there_yet_are_named_as_such(string text)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.Parse(text));

        Assert.Equal(SpiffeErrorReason.NotSupportedHere, exception.Reason);
    }

    [Fact]
    public void A_person_may_type_a_bare_path()
    {
        Assert.Equal("unix:///run/agent.sock", WorkloadApiEndpoint.ParseUserInput("/run/agent.sock").ToString());
        Assert.Equal("/a%20b", WorkloadApiEndpoint.ParseUserInput("/a%20b").Address);
        Assert.Throws<SpiffeException>(() => WorkloadApiEndpoint.ParseUserInput("agent.sock"));
    }
}
