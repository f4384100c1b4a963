using System.Management.Automation;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>Objects behind a job, a remote session or a file: they bind where what they still have is enough.</summary>
public sealed class SnapshotTests : CommandTest
{
    private const string Web = "spiffe://example.org/web";
    private const string Snapshot =
        "function snapshot($Object, $Depth) { $type = [System.Management.Automation.PSSerializer]; " +
        "$type::Deserialize($type::Serialize($Object, $Depth)) }; " +
        "$svid = Get-SpiffeX509Svid -Endpoint $args[0]; ";


    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_snapshot_of_an_SVID_has_its_ID(int depth)
    {
        Serve();

        Assert.Equal(Web, Ask($"snapshot $svid {depth} | ConvertTo-SpiffeId").Expect<SpiffeId>().Single().Text);
        Assert.Equal([true, true], Ask($"$s = snapshot $svid {depth}; $s | Test-SpiffeId; Test-SpiffeId $s").Expect<bool>());
    }

    [Theory]
    [InlineData("Get-SpiffeX509Svid -SpiffeId (snapshot $svid 2).SpiffeId -Endpoint $args[0]")]
    [InlineData("Get-SpiffeX509Svid -SpiffeId @((snapshot $svid 2).SpiffeId) -Endpoint $args[0]")]
    [InlineData("Get-SpiffeX509Svid -SpiffeId (snapshot $svid 2) -Endpoint $args[0]")]
    [InlineData("Get-SpiffeX509Svid -SpiffeId $svid -Endpoint $args[0]")]
    [InlineData("snapshot $svid 1 | Wait-SpiffeSvid -Renewed ('0' * 40) -Endpoint $args[0]")]
    public void An_ID_binds_from_a_snapshot(string script)
    {
        Serve();

        Assert.Equal(Web, Ask(script).Expect<X509Svid>().Single().SpiffeId.Text);
    }

    [Theory]
    [InlineData("snapshot $svid 1 | Test-SpiffeX509Svid -Bundle $svid.Bundle")]
    [InlineData("snapshot $svid 2 | Test-SpiffeX509Svid -Bundle $svid.Bundle")]
    public void The_snapshot_of_an_SVID_is_verified_by_its_certificates(string script)
    {
        Serve();

        Assert.Equal([true], Ask(script).Expect<bool>());
    }

    [Theory]
    [InlineData("Export-SpiffeX509Svid -Svid (snapshot $svid 2) -Path $HOME")]
    [InlineData("Install-SpiffeX509Svid -Svid (snapshot $svid 2)")]
    [InlineData("Install-SpiffeX509Svid -Svid $svid, (snapshot $svid 2)")]
    public void A_snapshot_has_no_key(string script)
    {
        Serve();

        ErrorRecord error = Assert.Single(Ask(script).Errors);

        Assert.StartsWith("ParameterArgumentTransformationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("no private key", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snapshot $svid 2 | Export-SpiffeX509Svid -Path $HOME")]
    [InlineData("snapshot $svid 2 | Install-SpiffeX509Svid")]
    public void From_the_pipeline_it_has_none_either(string script)
    {
        Serve();

        Assert.Contains("no private key", Assert.Single(Ask(script).Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_outlives_the_trip()
    {
        string token = JwtKey.Issue(Web, "orders");
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { new JWTSVID { SpiffeId = Web, Svid = token } } };
        Serve();

        Assert.Equal(
            [Web, Web],
            Ask("$jwt = snapshot (Get-SpiffeJwtSvid orders -Endpoint $args[0]) 2; $jwt | ConvertFrom-SpiffeJwt | ForEach-Object SpiffeId; " +
                "(ConvertFrom-SpiffeJwt $jwt).SpiffeId").Output.Select(item => item.ToString()));
    }

    private void Serve() => Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

    private SessionResult Ask(string script) => Run(Snapshot + script);
}
