using Spiffe.Testing;
using Spiffe.Tests.Files;

namespace Spiffe.Tests.Remoting;

/// <summary>The script for many hosts, over SSH to this one.</summary>
public sealed class FleetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_report_their_identities_and_one_that_is_down_does_not_stop_them()
    {
        Assert.SkipUnless(File.Exists(SshServer.Program), "needs openssh-server");
        using TemporaryFolder folder = new();
        using SshServer server = await SshServer.StartAsync(Token);
        string script = folder.Write("fleet.ps1", HowTo.ReadScript("fleet-over-ssh"));

        ProcessRun run = await PowerShellRun.CommandAsync(
            $$"""
            $agent = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/ops' }
            $connection = @{
                UserName    = [Environment]::UserName
                KeyFilePath = '{{server.Key}}'
                Options     = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '{{server.KnownHosts}}' }
            }
            $hosts = '127.0.0.1:{{server.Port}}', 'localhost:{{server.Port}}', '127.0.0.1:1'
            $rows = & '{{script}}' -HostName $hosts -Endpoint $agent.Endpoint -Connection $connection 2> $null
            $rows | ForEach-Object { "> $($_.PSComputerName) $($_.SpiffeId) $($_.NotAfter -gt (Get-Date))" }
            "> exit code $LASTEXITCODE"
            """);

        Assert.Equal(
            ["> 127.0.0.1 spiffe://example.org/ops True", "> exit code 1", "> localhost spiffe://example.org/ops True"],
            run.Output.Split('\n').Where(line => line.StartsWith('>')).Order(StringComparer.Ordinal));
    }
}
