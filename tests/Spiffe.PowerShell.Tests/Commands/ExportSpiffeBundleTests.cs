using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class ExportSpiffeBundleTests : CommandTest
{
    private const string Openssl = "/usr/bin/openssl";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string Target => Path.Combine(_folder.FullName, "bundle");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task PEM_is_what_openssl_reads()
    {
        Serve(Authority);

        Assert.Empty(Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", Target).Expect<object>());

        Assert.Equal(Authority.Certificate.Thumbprint, X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Target, Token)).Thumbprint);
        Assert.SkipUnless(File.Exists(Openssl), "needs openssl");
        ProcessRun openssl = await ProcessRun.StartAsync(Openssl, ["x509", "-in", Target, "-noout", "-subject"], Token);
        Assert.Equal(0, openssl.ExitCode);
        Assert.Contains("Root of example.org", openssl.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_format_holds_the_authorities_that_belong_in_it()
    {
        Serve(Authority);
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));

        Assert.Empty(Run("'Der', 'Spiffe', 'Jwks' | ForEach-Object { Export-SpiffeBundle \"$($args[1]).$_\" $_ -Endpoint $args[0] }"
            .Replace("$args", "$a", StringComparison.Ordinal).Insert(0, "$a = $args; "), Target).Errors);

        Assert.Equal(Authority.BundleDer, File.ReadAllBytes(Target + ".Der"));
        JsonElement spiffe = JsonDocument.Parse(File.ReadAllText(Target + ".Spiffe")).RootElement.GetProperty("keys");
        Assert.Equal(["x509-svid", "jwt-svid"], spiffe.EnumerateArray().Select(key => key.GetProperty("use").GetString()));
        JsonElement jwks = JsonDocument.Parse(File.ReadAllText(Target + ".Jwks")).RootElement.GetProperty("keys");
        Assert.Equal(JwtKey.KeyId, Assert.Single(jwks.EnumerateArray()).GetProperty("kid").GetString());
    }

    [Fact]
    public void A_bundle_comes_by_pipeline_and_no_agent_is_asked()
    {
        SpiffeBundle bundle = SpiffeBundle.FromX509Der(TrustDomain.Parse("example.org"), Authority.BundleDer);

        FileInfo file = Session.Run("$args[0] | Export-SpiffeBundle -Path $args[1] -PassThru", bundle, Target).Expect<FileInfo>()[0];

        Assert.Equal(Target, file.FullName);
        Assert.Equal(bundle.ToPem(), File.ReadAllText(Target));
    }

    [Fact]
    [Trait("Clause", "F-7")]
    public void Bundles_of_several_trust_domains_are_never_merged_into_one_file()
    {
        Serve(Authority, Foreign);

        SessionResult result = Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", Target);

        ErrorRecord error = result.ExpectError("TooManyForTarget", ErrorCategory.InvalidArgument);
        Assert.Equal(Target, error.TargetObject);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void A_folder_takes_one_file_a_trust_domain()
    {
        Serve(Authority, Foreign);

        Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", _folder.FullName).Expect<object>();

        Assert.Equal(["example.org.pem", "other.org.pem"], _folder.GetFiles().Select(file => file.Name).Order());
    }

    [Fact]
    public void What_goes_wrong_with_one_bundle_does_not_keep_the_others_from_being_written()
    {
        Serve(Authority, Foreign);
        File.WriteAllText(Path.Combine(_folder.FullName, "example.org.pem"), "old");

        Run("Export-SpiffeBundle $args[1] -Endpoint $args[0] -NoClobber", _folder.FullName)
            .ExpectError("FileExists", ErrorCategory.ResourceExists);

        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder.FullName, "example.org.pem")));
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "other.org.pem")));
    }

    [Fact]
    public void A_trust_domain_chooses_one_of_several()
    {
        Serve(Authority, Foreign);

        Run("Export-SpiffeBundle $args[1] -TrustDomain other.org -Endpoint $args[0]", Target).Expect<object>();

        Assert.Equal(Foreign.Certificate.Thumbprint, X509Certificate2.CreateFromPem(File.ReadAllText(Target)).Thumbprint);
    }

    [Fact]
    public void A_relative_path_starts_at_the_sessions_location()
    {
        Serve(Authority);

        Run("$ExecutionContext.SessionState.Path.SetLocation($args[1]) | Out-Null; Export-SpiffeBundle ./here.pem -Endpoint $args[0]", _folder.FullName)
            .Expect<object>();

        Assert.True(File.Exists(Path.Combine(_folder.FullName, "here.pem")));
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Serve(Authority);

        Run("Export-SpiffeBundle $args[1] -Endpoint $args[0] -WhatIf", Target).Expect<object>();

        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void NoClobber_keeps_what_is_there()
    {
        Serve(Authority);
        File.WriteAllText(Target, "old");

        Run("Export-SpiffeBundle $args[1] -Endpoint $args[0] -NoClobber", Target)
            .ExpectError("FileExists", ErrorCategory.ResourceExists);

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Empty(Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", Target).Errors);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", File.ReadAllText(Target), StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_file_is_replaced_by_force_only()
    {
        Serve(Authority);
        File.WriteAllText(Target, "old");
        File.SetAttributes(Target, FileAttributes.ReadOnly);

        Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", Target).ExpectError("WriteFailed", ErrorCategory.WriteError);
        Assert.Equal("old", File.ReadAllText(Target));

        Assert.Empty(Run("Export-SpiffeBundle $args[1] -Endpoint $args[0] -Force", Target).Errors);
        Assert.NotEqual("old", File.ReadAllText(Target));
    }

    [Fact]
    public void A_missing_folder_is_an_error()
    {
        Serve(Authority);

        Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", Path.Combine(_folder.FullName, "none", "x.pem"))
            .ExpectError("FileNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void A_path_with_a_zero_character_is_an_error_of_its_own()
    {
        Serve(Authority);

        Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", Target + "\0.pem").ExpectError("WriteFailed", ErrorCategory.WriteError);
    }

    [Fact]
    public void A_bundle_without_authorities_for_the_format_is_not_written()
    {
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));

        SessionResult result = Run(
            "Get-SpiffeBundle -Type Jwt -Endpoint $args[0] | Export-SpiffeBundle -Path $args[1] -Format Pem", Target);

        result.ExpectError("BundleInvalid", ErrorCategory.InvalidData);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void An_agent_that_cannot_be_asked_leaves_no_file()
    {
        SessionResult result = Run("Export-SpiffeBundle $args[1] -Endpoint $args[0]", Target);

        result.ExpectError("ProfileNotSupported", ErrorCategory.NotImplemented);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    private void Serve(params TestAuthority[] authorities) =>
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(authorities));
}
