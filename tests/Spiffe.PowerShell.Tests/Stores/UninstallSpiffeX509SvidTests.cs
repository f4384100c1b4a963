using System.Management.Automation;
using Spiffe.Protocol;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Stores;

/// <summary>What is in a store, and out of it again.</summary>
public sealed class UninstallSpiffeX509SvidTests : StoreCommandTest
{
    private const string None = "0000000000000000000000000000000000000000";

    [Theory]
    [InlineData("-SpiffeId spiffe://example.org/web", 2)]
    [InlineData("spiffe://example.org/batch, spiffe://example.org/web", 3)]
    [InlineData("-SpiffeId spiffe://example.org/web -Hint external", 1)]
    public void Selected_ones_are_found_and_removed(string selection, int count)
    {
        Fill();

        Assert.Equal(count, Do($"Get-SpiffeInstalledSvid -StoreName $store {selection}").Expect<InstalledSvid>().Count);
        Assert.Equal(count, Do($"Uninstall-SpiffeX509Svid -StoreName $store {selection} -PassThru").Expect<InstalledSvid>().Count);

        Assert.Equal(3 - count, CertificateFiles.Length);
    }

    [Theory]
    [InlineData("Get-SpiffeInstalledSvid -StoreName $store | Uninstall-SpiffeX509Svid")]
    [InlineData("Get-SpiffeX509Svid -Endpoint $agent | Uninstall-SpiffeX509Svid -StoreName $store")]
    [InlineData("Get-SpiffeX509Svid -Endpoint $agent -AsCertificate | Uninstall-SpiffeX509Svid -StoreName $store")]
    [InlineData("foreach ($svid in Get-SpiffeInstalledSvid -StoreName $store) { [pscustomobject] @{ StoreName = $store; " +
        "StoreLocation = 'CurrentUser'; Thumbprint = $svid.Thumbprint.ToLower() } | Uninstall-SpiffeX509Svid }")]
    public void They_come_from_the_pipeline_in_many_forms(string script)
    {
        Fill();

        Assert.Empty(Do(script).Errors);

        Assert.Empty(CertificateFiles);
    }

    [Fact]
    public void A_certificate_of_another_program_is_not_found()
    {
        X509SVID foreign = Issue();
        AddForeign(foreign);

        Do("Uninstall-SpiffeX509Svid -StoreName $store -Thumbprint " + ThumbprintOf(foreign))
            .ExpectError("InstalledSvidNotFound", ErrorCategory.ObjectNotFound);

        Assert.Single(CertificateFiles);
    }

    [Fact]
    public void WhatIf_removes_nothing()
    {
        Fill();

        Assert.Empty(Do("Get-SpiffeInstalledSvid -StoreName $store | Uninstall-SpiffeX509Svid -WhatIf").Errors);

        Assert.Equal(3, CertificateFiles.Length);
    }

    [Theory]
    [InlineData("-SpiffeId spiffe://example.org/web, spiffe://example.org/none")]
    [InlineData("-SpiffeId spiffe://example.org/web -Hint external, none")]
    public void What_is_missing_is_an_error_beside_what_is_there(string selection)
    {
        Fill();

        SessionResult result = Do($"Get-SpiffeInstalledSvid -StoreName $store {selection}");

        result.ExpectError("InstalledSvidNotFound", ErrorCategory.ObjectNotFound);
        Assert.NotEmpty(result.Output);
    }

    [Theory]
    [InlineData("Get-SpiffeInstalledSvid -StoreName $store -Thumbprint " + None)]
    [InlineData("Uninstall-SpiffeX509Svid -StoreName $store -Thumbprint " + None)]
    [InlineData("$svid = Get-SpiffeInstalledSvid -StoreName $store -SpiffeId spiffe://example.org/batch; " +
        "$svid | Uninstall-SpiffeX509Svid; $svid | Uninstall-SpiffeX509Svid")]
    public void What_is_not_there_is_an_error(string script)
    {
        Fill();

        Do(script).ExpectError("InstalledSvidNotFound", ErrorCategory.ObjectNotFound);
    }

    [Theory]
    [InlineData("-Thumbprint 00")]
    [InlineData("-Thumbprint '*'")]
    [InlineData("-StoreName Root")]
    public void Arguments_that_cannot_be_meant_are_refused(string argument)
    {
        foreach (string command in new[] { "Get-SpiffeInstalledSvid ", "Uninstall-SpiffeX509Svid " })
        {
            Assert.IsAssignableFrom<ParameterBindingException>(
                Assert.Single(Do(command + argument.Replace("-StoreName", "-Thumbprint " + None + " -StoreName")).Errors).Exception);
        }
    }

    [Fact]
    public void An_empty_store_has_none()
    {
        Assert.Empty(FindInstalled());
        Assert.False(Directory.Exists(Folder));
    }

    private void Fill()
    {
        Serve(Issue(hint: "external"), Issue(hint: "internal"), Issue(id: Batch));
        Assert.Empty(Do("Get-SpiffeX509Svid -Endpoint $agent | Install-SpiffeX509Svid -StoreName $store").Errors);
    }
}
