using System.Management.Automation;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class GetSpiffeBundleTests : CommandTest
{
    [Fact]
    public void Both_kinds_of_authorities_come_as_one_bundle_a_trust_domain()
    {
        ServeBoth();

        IReadOnlyList<SpiffeBundle> bundles = Run("Get-SpiffeBundle -Endpoint $args[0]").Expect<SpiffeBundle>();

        Assert.Equal(["example.org", "other.org"], bundles.Select(bundle => bundle.TrustDomain.Name));
        Assert.Equal("1 X.509, 1 JWT", bundles[0].Authorities);
        Assert.Equal("1 X.509, 0 JWT", bundles[1].Authorities);
    }

    [Theory]
    [InlineData("X509", "1 X.509, 0 JWT")]
    [InlineData("Jwt", "0 X.509, 1 JWT")]
    public void A_type_limits_what_is_asked_for(string type, string authorities)
    {
        ServeBoth();

        SpiffeBundle bundle = Run("Get-SpiffeBundle example.org -Type $args[1] -Endpoint $args[0]", type).Expect<SpiffeBundle>()[0];

        Assert.Equal(authorities, bundle.Authorities);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public void A_trust_domain_without_a_bundle_is_reported_and_the_others_come_out()
    {
        ServeBoth();

        SessionResult result = Run("Get-SpiffeBundle none.org, other.org -Endpoint $args[0]");

        result.ExpectError("BundleNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("other.org", Assert.Single(result.Output).ToString());
    }

    [Fact]
    [Trait("Clause", "A-1")]
    public void An_agent_without_the_JWT_profile_still_gives_its_X509_bundles()
    {
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority));
        Server.JwtBundles = ScriptedWorkloadApi.Fail<JWTBundlesResponse>(StatusCode.Unimplemented, "disabled");

        Assert.Single(Run("Get-SpiffeBundle -Endpoint $args[0]").Expect<SpiffeBundle>());
        Run("Get-SpiffeBundle -Type Jwt -Endpoint $args[0]").ExpectError("ProfileNotSupported", ErrorCategory.NotImplemented);
    }

    [Fact]
    public void An_agent_without_either_profile_is_an_error()
    {
        Run("Get-SpiffeBundle -Endpoint $args[0]").ExpectError("ProfileNotSupported", ErrorCategory.NotImplemented);
    }

    private void ServeBoth()
    {
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority, Foreign));
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
    }
}
