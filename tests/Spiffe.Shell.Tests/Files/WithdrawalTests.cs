using Spiffe.Testing;

namespace Spiffe.Tests.Files;

/// <summary>The scripts of the how-tos, when the agent takes the identity away.</summary>
public sealed class WithdrawalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("keep-nginx-supplied", "-Reload $renew", "svid.pem svid_bundle.pem svid_key.pem")]
    [InlineData("pfx-for-a-service", "-Restart $renew -PasswordFile $passwordFile", "orders.pfx")]
    public async Task No_key_stays_and_the_service_is_stopped(string page, string arguments, string files)
    {
        string svids = Directory.CreateDirectory(Path.Combine(_folder.Path, "svid")).FullName;
        string script = _folder.Write("keep.ps1", HowTo.ReadScript(page));
        ProcessRun run = await PowerShellRun.CommandAsync(
            $$"""
            $passwordFile = '{{_folder.Write("password", "correct horse\n")}}'
            $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'web' } -SetEnvironment
            $renew = {
                [string[]] $names = [IO.Directory]::GetFiles('{{svids}}').ForEach({ [IO.Path]::GetFileName($_) })
                [array]::Sort($names, [StringComparer]::Ordinal)
                "there: $names"
                Update-SpiffeDevAgent -RemoveEntry spiffe://example.org/web
            }
            $stop = {
                [Console]::WriteLine("left: $([IO.Directory]::GetFileSystemEntries('{{svids}}').Count)")
                throw 'enough'
            }
            $ErrorActionPreference = 'Stop'
            try { & '{{script}}' -Folder '{{svids}}' -Hint web {{arguments}} -Stop $stop } catch { if ("$_" -notmatch 'enough') { throw } }
            Stop-SpiffeDevAgent
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal([$"there: {files}", "left: 0"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Empty(Directory.GetFileSystemEntries(svids));
    }
}
