using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class TestSpiffeWorkloadApiTests : CommandTest
{
    private const string Web = "spiffe://example.org/web";

    [Fact]
    public void A_way_that_leads_there_is_true_and_each_step_says_what_it_found()
    {
        ServeAll();

        Assert.Equal([true], Run("Test-SpiffeWorkloadApi -Endpoint $args[0]").Expect<bool>());
        IReadOnlyList<Step> steps = Diagnose(Server.Endpoint);

        Assert.Equal(
            [
                "Address", "Socket", "Connect", "FetchX509SVID", "FetchX509Bundles", "FetchJWTBundles", "FetchJWTSVID",
                "ValidateJWTSVID", "Validity", "Clock",
            ],
            steps.Select(step => step.Name));
        Assert.All(steps, step => Assert.Equal("Passed", step.Outcome));
        Assert.Contains("from -Endpoint", steps[0].Finding, StringComparison.Ordinal);
        Assert.Contains(Web, steps[3].Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://localhost:8081", "Address", "EndpointInvalid")]
    [InlineData("/nowhere/at/all.sock", "Socket", "'/'")]
    [InlineData("/etc", "Socket", "folder")]
    [InlineData("/etc/passwd", "Socket", "not a socket")]
    [InlineData("tcp://127.0.0.1:1", "FetchX509SVID", "tcp://127.0.0.1:1")]
    public void A_wrong_address_is_a_finding_with_advice_and_not_an_error(string endpoint, string step, string word)
    {
        Assert.Equal([false], Session.Run("Test-SpiffeWorkloadApi -Endpoint $args[0]", endpoint).Expect<bool>());
        Step failed = Assert.Single(Diagnose(endpoint), found => found.Outcome == "Failed");

        Assert.Equal(step, failed.Name);
        Assert.NotEmpty(failed.Advice!);
        Assert.True(word == "EndpointInvalid" || failed.Finding.Contains(word, StringComparison.Ordinal), failed.Finding);
    }

    [Fact]
    public async Task A_socket_without_a_listener_fails_at_Connect()
    {
        string path = Path.Combine(Path.GetDirectoryName(Server.SocketPath)!, "abandoned.sock");
        using (System.Net.Sockets.Socket socket = new(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path + ".bound"));
            File.Move(path + ".bound", path);
        }

        IReadOnlyList<Step> steps = await Task.Run(() => Diagnose(path), Token);

        Assert.Equal("Connect", Assert.Single(steps, step => step.Outcome == "Failed").Name);
        Assert.All(steps.SkipWhile(step => step.Name != "FetchX509SVID"), step => Assert.Equal("Skipped", step.Outcome));
    }

    [Fact]
    public void A_profile_that_is_switched_off_is_a_warning_and_what_one_call_is_refused_stops_no_other()
    {
        ServeAll();
        Server.JwtSvids = _ => throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
        Server.JwtBundles = ScriptedWorkloadApi.Fail<JWTBundlesResponse>(StatusCode.Unimplemented, "no JWT here");

        IReadOnlyList<Step> steps = Diagnose(Server.Endpoint);

        Assert.Equal("Warned", steps.Single(step => step.Name == "FetchJWTBundles").Outcome);
        Assert.Equal("Failed", steps.Single(step => step.Name == "FetchJWTSVID").Outcome);
        Assert.Equal("Skipped", steps.Single(step => step.Name == "ValidateJWTSVID").Outcome);
        Assert.Equal("Passed", steps.Single(step => step.Name == "Validity").Outcome);
    }

    [Fact]
    public void An_agent_that_refuses_its_own_token_or_whose_clock_is_off_is_found_out()
    {
        ServeAll();
        Server.Validate = _ => throw new RpcException(new Status(StatusCode.InvalidArgument, "unknown key"));
        Server.JwtSvids = request => new JWTSVIDResponse { Svids = { Issue(request, DateTimeOffset.UtcNow.AddMinutes(-2)) } };

        IReadOnlyList<Step> steps = Diagnose(Server.Endpoint);

        Assert.Contains("unknown key", steps.Single(step => step.Name == "ValidateJWTSVID").Finding, StringComparison.Ordinal);
        Assert.Equal("Failed", steps.Single(step => step.Name == "ValidateJWTSVID").Outcome);
        Assert.Equal("Warned", steps.Single(step => step.Name == "Clock").Outcome);
    }

    [Fact]
    public void An_SVID_that_has_expired_is_a_failure()
    {
        using TimeZoneOfProcess? zone = TimeZoneOfProcess.TryEnter("Asia/Tokyo");
        ServeAll();
        IssuedSvid issued = Authority.Issue(new LeafOptions { Uris = [Web], Lifetime = TimeSpan.FromSeconds(-30) });
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(new X509SVID
        {
            SpiffeId = Web,
            X509Svid = Google.Protobuf.ByteString.CopyFrom(issued.Der),
            X509SvidKey = Google.Protobuf.ByteString.CopyFrom(issued.Pkcs8Key),
            Bundle = Google.Protobuf.ByteString.CopyFrom(Authority.BundleDer),
        }));

        Step validity = Diagnose(Server.Endpoint).Single(step => step.Name == "Validity");

        Assert.Equal("Failed", validity.Outcome);
        Assert.Contains($"expired at {issued.Leaf.NotAfter.ToUniversalTime():u}", validity.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_never_answers_takes_no_longer_than_the_timeout()
    {
        Server.X509Svids = (_, token) => Task.Delay(Timeout.Infinite, token);

        IReadOnlyList<Step> steps = Diagnose(Server.Endpoint, "-TimeoutSec 1");

        Assert.Equal("FetchX509SVID", Assert.Single(steps, step => step.Outcome == "Failed").Name);
    }

    [Fact]
    public void Without_any_address_the_first_step_fails()
    {
        string? before = Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        Assert.SkipUnless(before is null, "An endpoint is set.");

        Step step = Assert.Single(Read(Session.Run("Test-SpiffeWorkloadApi -Detailed")));

        Assert.Equal("Failed", step.Outcome);
        Assert.Contains("SPIFFE_ENDPOINT_SOCKET", step.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void No_row_and_no_verbose_line_holds_a_token()
    {
        ServeAll();

        SessionResult result = Run("Test-SpiffeWorkloadApi -Endpoint $args[0] -Verbose");
        IReadOnlyList<Step> steps = Diagnose(Server.Endpoint);

        Assert.DoesNotContain(steps, step => step.Finding.Contains("eyJ", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Verbose, line => line.Contains("eyJ", StringComparison.Ordinal));
    }

    private void ServeAll()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority));
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        Server.JwtSvids = request => new JWTSVIDResponse { Svids = { Issue(request, DateTimeOffset.UtcNow) } };
        Server.Validate = request => new ValidateJWTSVIDResponse
        {
            SpiffeId = Web,
            Claims = new Google.Protobuf.WellKnownTypes.Struct
            {
                Fields = { ["sub"] = Google.Protobuf.WellKnownTypes.Value.ForString(Web) },
            },
        };
    }

    private static JWTSVID Issue(JWTSVIDRequest request, DateTimeOffset issuedAt)
    {
        Dictionary<string, object> claims = TestJwtKey.Claims(Web, [.. request.Audience]);
        claims["iat"] = issuedAt.ToUnixTimeSeconds();
        return new JWTSVID
        {
            SpiffeId = Web,
            Svid = JwtKey.Sign(
                $$"""{"alg":"ES256","kid":"{{JwtKey.KeyId}}","typ":"JWT"}""", System.Text.Json.JsonSerializer.Serialize(claims)),
        };
    }

    private Step[] Diagnose(string endpoint, string arguments = "") =>
        Read(Session.Run($"Test-SpiffeWorkloadApi -Detailed -Endpoint $args[0] {arguments}", endpoint));

    private static Step[] Read(SessionResult result)
    {
        Assert.Empty(result.Errors);
        return
        [
            .. result.Output.Select(step => new Step(
                (string)step.Properties["Step"].Value,
                step.Properties["Outcome"].Value.ToString()!,
                (string)step.Properties["Finding"].Value,
                (string?)step.Properties["Advice"].Value)),
        ];
    }

    /// <summary>The properties of the module's own type, which these tests do not reference.</summary>
    private sealed record Step(string Name, string Outcome, string Finding, string? Advice);
}
