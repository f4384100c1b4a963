using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Grpc.Core;
using Spiffe.Helper;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Runs;

/// <summary>What a run writes.</summary>
public sealed class FilesOfRunTests : RunTest
{
    private static readonly string[] s_more = ["b"];

    [Fact]
    public async Task Key_chain_and_bundle_of_each_update_are_written()
    {
        await using HelperFollower run = Follow(Configure());

        HelperEvent first = await run.WaitForAsync(HelperEventKind.Written);
        using X509Certificate2 before = X509Certificate2.CreateFromPemFile(PathOf("svid.pem"), PathOf("svid_key.pem"));
        Rotate();
        HelperEvent second = await run.WaitForAsync(HelperEventKind.Written);
        using X509Certificate2 after = X509Certificate2.CreateFromPemFile(PathOf("svid.pem"), PathOf("svid_key.pem"));

        Assert.Equal([PathOf("svid_key.pem"), PathOf("svid.pem"), PathOf("bundle.pem")], first.Files);
        Assert.Equal([PathOf("svid_key.pem"), PathOf("svid.pem")], second.Files);
        Assert.Equal(Web, second.SpiffeId!.ToString());
        Assert.NotEqual(before.Thumbprint, after.Thumbprint);
        Assert.Equal(after.NotAfter, second.ExpiresAt!.Value, TimeSpan.FromSeconds(1));
        Assert.Contains(Authority.Certificate.ExportCertificatePem(), await File.ReadAllTextAsync(PathOf("bundle.pem"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_message_again_changes_nothing()
    {
        X509SVIDResponse message = Messages.X509Svids(Messages.X509Svid(Authority, Web));
        await using HelperFollower run = Follow(Configure());
        await run.WaitForAsync(HelperEventKind.Written);
        Send(message);
        await run.WaitForAsync(HelperEventKind.Written);
        Send(message);

        Assert.Empty((await run.WaitForAsync(HelperEventKind.Unchanged)).Files);
    }

    [Fact]
    public async Task The_hint_chooses_the_identity()
    {
        await using HelperFollower run = Follow(Configure(("hint", "external")));
        await run.WaitForAsync(HelperEventKind.Written);
        string external = await File.ReadAllTextAsync(PathOf("svid.pem"), Token);
        await run.StopAsync();
        await using HelperFollower other = Follow(Configure(("hint", "nowhere")));

        HelperEvent failure = await other.WaitForAsync(HelperEventKind.Failed);

        Assert.Equal(SpiffeErrorReason.HintNotFound, failure.Reason);
        Assert.Equal(external, await File.ReadAllTextAsync(PathOf("svid.pem"), Token));
    }

    [Fact]
    public async Task Intermediates_go_behind_the_leaf_or_to_the_bundle()
    {
        TestAuthority intermediate = Authority.CreateIntermediate();
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(new X509SVID(Messages.X509Svid(intermediate, Web))
        {
            Bundle = Google.Protobuf.ByteString.CopyFrom(Authority.BundleDer),
        }));

        Assert.Equal((2, 1), await CountAsync(Configure()));
        Assert.Equal((1, 2), await CountAsync(Configure(("add_intermediates_to_bundle", true))));
    }

    [Fact]
    public async Task Foreign_authorities_go_to_the_same_file_or_to_one_each()
    {
        X509SVIDResponse message = Messages.X509Svids(Messages.X509Svid(Authority, Web));
        message.FederatedBundles.Add("spiffe://other.org", Google.Protobuf.ByteString.CopyFrom(Foreign.BundleDer));
        Server.X509Svids = ScriptedWorkloadApi.Always(message);

        Assert.Equal((1, 1), await CountAsync(Configure()));
        Assert.Equal((1, 2), await CountAsync(Configure(("include_federated_domains", true))));
        Assert.Equal((1, 1), await CountAsync(Configure(("include_federated_domains", true)), new HelperOptions { HasFederatedFiles = true }));
        Assert.Equal(Foreign.Certificate.ExportCertificatePem() + "\n", await File.ReadAllTextAsync(PathOf("bundle.other.org.pem"), Token));

        Assert.Equal((1, 1), await CountAsync(Configure()));
        Assert.False(Path.Exists(PathOf("bundle.other.org.pem")));
    }

    [Fact]
    public async Task Tokens_and_JWT_bundles_are_written_in_SPIFFE_Helpers_form()
    {
        await using HelperFollower run = Follow(Configure(
            ("jwt_bundle_file_name", "bundle.json"),
            ("jwt_svids", new Dictionary<string, object>[]
            {
                new() { ["jwt_audience"] = "a", ["jwt_extra_audiences"] = s_more, ["jwt_svid_file_name"] = "t.jwt" },
            })));
        await run.WaitForAsync(HelperEventKind.TokenRenewed);
        await Eventually.TrueAsync(() => File.Exists(PathOf("t.jwt")), Token);

        string token = await File.ReadAllTextAsync(PathOf("t.jwt"), Token);
        Assert.Equal(["a", "b"], JwtSvid.FromToken(SpiffeId.Parse(Web), string.Empty, isDefault: true, token, ["a", "b"]).Audience);

        while (!File.Exists(PathOf("bundle.json")))
        {
            await run.WaitForAsync(HelperEventKind.Written);
        }

        using JsonDocument bundle = JsonDocument.Parse(await File.ReadAllTextAsync(PathOf("bundle.json"), Token));
        byte[] keys = bundle.RootElement.GetProperty("example.org").GetBytesFromBase64();
        Assert.Equal(JwtKey.Jwks.Trim(), System.Text.Encoding.UTF8.GetString(keys));
    }

    [Fact]
    public async Task What_cannot_be_written_is_written_when_it_can_be()
    {
        Directory.CreateDirectory(PathOf("svid.pem"));
        await using HelperFollower run = Follow(Configure());

        HelperEvent failure = await run.WaitForAsync(HelperEventKind.Failed);
        Directory.Delete(PathOf("svid.pem"));
        await run.WaitForAsync(HelperEventKind.Written);

        Assert.Equal(SpiffeErrorReason.WriteFailed, failure.Reason);
        Assert.NotNull(failure.NextRetry);
        Assert.True(File.Exists(PathOf("svid_key.pem")));
    }

    [Fact]
    public async Task What_another_try_cannot_mend_ends_the_run()
    {
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(StatusCode.InvalidArgument, "no");
        await using HelperFollower run = Follow(Configure());

        SpiffeException end = await Assert.ThrowsAsync<SpiffeException>(run.MoveNextAsync);

        Assert.Equal(SpiffeErrorReason.RequestRejected, end.Reason);
    }

    [Fact]
    public async Task A_second_run_on_the_same_folder_ends_at_once()
    {
        await using HelperFollower run = Follow(Configure());
        await run.WaitForAsync(HelperEventKind.Written);
        await using HelperFollower second = Follow(Configure());

        Assert.Equal(SpiffeErrorReason.HelperRunning, (await Assert.ThrowsAsync<SpiffeException>(second.MoveNextAsync)).Reason);
    }

    [Theory]
    [InlineData(HelperWithdrawalAction.Keep)]
    [InlineData(HelperWithdrawalAction.Delete)]
    [InlineData(HelperWithdrawalAction.Stop)]
    public async Task What_was_taken_away_is_kept_or_deleted_and_comes_back(HelperWithdrawalAction action)
    {
        await using HelperFollower run = Follow(Configure(), new HelperOptions { OnWithdrawn = action });
        await run.WaitForAsync(HelperEventKind.Written);
        Withdraw();

        HelperEvent withdrawn = await run.WaitForAsync(HelperEventKind.Withdrawn);

        Assert.Equal(SpiffeErrorReason.NoIdentityIssued, withdrawn.Reason);
        Assert.Equal(action == HelperWithdrawalAction.Keep, File.Exists(PathOf("svid_key.pem")));
        if (action == HelperWithdrawalAction.Stop)
        {
            await run.WaitForAsync(HelperEventKind.Stopping);
            Assert.Equal(SpiffeErrorReason.NoIdentityIssued, (await Assert.ThrowsAsync<SpiffeException>(run.MoveNextAsync)).Reason);
            return;
        }

        await run.WaitForAsync(HelperEventKind.Written);
        Assert.True(File.Exists(PathOf("svid_key.pem")));
    }

    [Fact]
    public async Task What_was_taken_away_and_cannot_be_deleted_is_deleted_when_it_can_be()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs generations");
        await using HelperFollower run = Follow(Configure(), new HelperOptions { OnWithdrawn = HelperWithdrawalAction.Delete });
        await run.WaitForAsync(HelperEventKind.Written);
        using Obstacle obstacle = Obstacle.In(Folder.Path);
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(StatusCode.PermissionDenied, "no identity issued");
        Withdraw();

        Assert.Contains("not deleted yet", (await run.WaitForAsync(HelperEventKind.Withdrawn)).Message, StringComparison.Ordinal);
        Assert.Equal(SpiffeErrorReason.WriteFailed, (await run.WaitForAsync(HelperEventKind.Failed)).Reason);
        obstacle.Dispose();
        await run.WaitForAsync(HelperEventKind.Withdrawn);

        Assert.False(Path.Exists(PathOf("svid_key.pem")));
    }

    [Fact]
    public async Task What_was_taken_away_before_it_could_be_written_does_not_count_as_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs generations");
        await using HelperFollower run = Follow(Configure());
        await run.WaitForAsync(HelperEventKind.Written);
        using Obstacle obstacle = Obstacle.In(Folder.Path);
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(StatusCode.PermissionDenied, "no identity issued");
        Rotate();
        Assert.Equal(SpiffeErrorReason.WriteFailed, (await run.WaitForAsync(HelperEventKind.Failed)).Reason);
        Withdraw();
        await run.WaitForAsync(HelperEventKind.Withdrawn);
        obstacle.Dispose();

        // The next attempt to write was to come after a second.
        Task<bool> next = run.MoveNextAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5), Token);

        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task What_is_new_in_one_folder_is_reported_even_if_another_could_not_be_written_at_first()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs generations");
        string other = Directory.CreateDirectory(PathOf("jwt")).FullName;
        await using HelperFollower run = Follow(Configure(("jwt_bundle_file_name", "jwt/bundle.json")));
        await run.WaitForAsync(HelperEventKind.Written);
        await run.WaitForAsync(HelperEventKind.Written);
        using Obstacle obstacle = Obstacle.In(other);
        Rotate();
        await run.WaitForAsync(HelperEventKind.Failed);
        obstacle.Dispose();

        HelperEvent written = await run.WaitForAsync(HelperEventKind.Written);

        Assert.Equal([PathOf("svid_key.pem"), PathOf("svid.pem")], written.Files);
    }

    /// <summary>How many certificates are in both files after one run.</summary>
    private async Task<(int Chain, int Bundle)> CountAsync(HelperConfiguration configuration, HelperOptions? options = null)
    {
        await using HelperFollower run = Follow(configuration, options);
        while ((await NextAsync(run)).Kind is not (HelperEventKind.Written or HelperEventKind.Unchanged))
        {
        }

        return (Count("svid.pem"), Count("bundle.pem"));
    }

    private static async Task<HelperEvent> NextAsync(HelperFollower run)
    {
        Assert.True(await run.MoveNextAsync());
        return run.Current;
    }

    private int Count(string name)
    {
        X509Certificate2Collection certificates = [];
        certificates.ImportFromPemFile(PathOf(name));
        return certificates.Count;
    }
}
