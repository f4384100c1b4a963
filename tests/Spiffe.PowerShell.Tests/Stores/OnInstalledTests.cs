using System.Management.Automation;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Stores;

/// <summary>A watch that fills a store, and the script that tells a service.</summary>
public sealed class OnInstalledTests : StoreCommandTest
{
    private const string Install = "Get-SpiffeX509Svid -Endpoint $agent | Install-SpiffeX509Svid -StoreName $store ";

    [Fact]
    public void Each_update_is_handed_over_once_and_then_the_old_one_goes()
    {
        X509SVID[] web = [Issue(age: 2), Issue(age: 1), Issue()];
        X509SVID batch = Issue(id: Batch);

        SessionResult result = Watch(
            "-Prune -OnInstalled { \"$_ $(@(Get-SpiffeInstalledSvid -StoreName $store -SpiffeId $_.SpiffeId).Count)\" }",
            [.. web.Select(svid => Messages.X509Svids(svid, batch))]);

        Assert.Equal([$"{Web} 1", $"{Batch} 1", $"{Web} 2", $"{Web} 2"], result.Expect<string>());
        Assert.Equal(
            new[] { ThumbprintOf(web[2]), ThumbprintOf(batch) }.Order(), FindInstalled().Select(svid => svid.Thumbprint).Order());
        Assert.Equal(2, CertificateFiles.Length);
    }

    [Theory]
    [InlineData("throw 'no'")]
    [InlineData("Write-Nonsense")]
    [InlineData("$ExecutionContext.InvokeProvider.Item.Get('/nowhere/at/all')")]
    [InlineData("Get-SpiffeInstalledSvid -StoreName $store -Thumbprint 0000000000000000000000000000000000000000; 'and on'")]
    public void A_failure_is_reported_and_stops_the_pruning_but_not_the_watch(string failure)
    {
        SessionResult result = Watch(
            $"-Prune -OnInstalled {{ if (-not $global:mended) {{ $global:mended = $true; {failure} }} else {{ 'good' }} }}",
            Messages.X509Svids(Issue(age: 1)),
            Messages.X509Svids(Issue()));

        result.ExpectError("OnInstalledFailed", ErrorCategory.InvalidResult);
        Assert.Equal("good", result.Output[^1].BaseObject);
        Assert.Single(CertificateFiles);
    }

    [Fact]
    public void Nothing_is_pruned_while_the_script_does_not_succeed()
    {
        Serve(Issue(age: 1));
        Do(Install);
        Serve(Issue());

        Do(Install + "-Prune -OnInstalled { throw 'no' }").ExpectError("OnInstalledFailed", ErrorCategory.InvalidResult);
        Do(Install + "-Prune -OnInstalled { throw 'no' }").ExpectError("OnInstalledFailed", ErrorCategory.InvalidResult);
        Assert.Equal(2, CertificateFiles.Length);

        Assert.Equal(["done"], Do(Install + "-Prune -OnInstalled { 'done' }").Expect<string>());
        Assert.Single(CertificateFiles);
    }

    [Fact]
    public void An_error_that_the_script_handles_is_none()
    {
        Serve(Issue());

        SessionResult result = Do(Install +
            "-OnInstalled { try { throw 'no' } catch { 'handled' }; Get-SpiffeInstalledSvid -StoreName $store " +
            "-Thumbprint 0000000000000000000000000000000000000000 -ErrorAction Ignore }");

        Assert.Equal(["handled"], result.Expect<string>());
    }

    [Fact]
    public void What_was_handed_over_by_another_session_is_not_handed_over_again_without_Force()
    {
        Serve(Issue());
        Do(Install + "-OnInstalled { 'first' }");
        using ModuleSession other = new();
        SessionResult Again(string more) => other.Run(
            "$agent, $store = $args; " + Install + "-OnInstalled { 'again' } " + more, Server.Endpoint, StoreName);

        Assert.Empty(Again("").Expect<string>());
        Assert.Equal(["again"], Again("-Force").Expect<string>());
    }

    [Fact]
    public void A_script_sees_the_session_that_it_comes_from()
    {
        Serve(Issue());

        SessionResult result = Do(
            "$script:seen = 0; $word = 'mine'; " + Install + "-OnInstalled { $script:seen++; \"$word $($_.Store)\" }; $script:seen");

        Assert.Empty(result.Errors);
        Assert.Equal(["mine CurrentUser\\" + StoreName, "1"], result.Output.Select(item => item.ToString()));
    }

    [Fact]
    public void Under_Stop_a_failure_ends_the_command()
    {
        Serve(Issue());

        SessionResult result = Do(
            "try { " + Install + "-OnInstalled { throw 'no' } -ErrorAction Stop } catch { \"caught $($_.FullyQualifiedErrorId)\" }");

        Assert.StartsWith("caught OnInstalledFailed,", Assert.Single(result.Expect<string>()), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_SVIDs_of_one_identity_are_kept_side_by_side()
    {
        SessionResult result = Watch("-Prune", Messages.X509Svids(Issue(), Issue(age: 1)), Messages.X509Svids(Issue(), Issue(age: 1)));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(2, FindInstalled().Count(svid => svid.NotAfter > DateTime.Now));
    }

    [Fact]
    public void An_identity_that_is_taken_away_is_warned_of_and_stays()
    {
        SessionResult result = Watch("-Prune", Messages.X509Svids(Issue(), Issue(id: Batch)), Messages.X509Svids(Issue()));

        Assert.Contains(Batch, Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, CertificateFiles.Length);
    }

    [Fact]
    public void Updates_give_what_they_bring_once()
    {
        X509SVID batch = Issue(id: Batch);

        SessionResult result = Watch(
            "-PassThru", Messages.X509Svids(Issue(age: 1), batch), Messages.X509Svids(Issue(), batch));

        Assert.Equal([Web, Batch, Web], result.Expect<InstalledSvid>().Select(svid => svid.SpiffeId.ToString()));
    }

    [Fact]
    public void Updates_of_tokens_end_the_command()
    {
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, Web, "", "orders") } };

        ErrorRecord error = Assert.Single(Do(
            "Watch-SpiffeSvid -Type Jwt -Audience orders -Endpoint $agent | Install-SpiffeX509Svid -StoreName $store").Errors);

        Assert.StartsWith("SvidTypeMismatch,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
    }
}
