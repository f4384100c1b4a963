using System.Runtime.InteropServices;
using Spiffe.Testing;

namespace Spiffe.Tests;

public sealed class CallerTests
{
    private const string FetchPath =
        "try { (Get-SpiffeX509Svid -Endpoint $socket -ErrorAction Stop).SpiffeId.Path } catch { $_.FullyQualifiedErrorId.Split(',')[0] }";

    // All links followed: what the kernel calls the program that the others run.
    private static readonly string s_dotnet =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private static readonly int[] s_others = [65534, 4711];

    [Theory]
    [InlineData("unix")]
    [InlineData("tcp")]
    [Trait("Clause", "A-41")]
    [Trait("Clause", "E-3")]
    [Trait("Clause", "E-13")]
    public async Task Callers_of_one_agent_get_what_their_user_is_entitled_to(string kind)
    {
        Assert.SkipUnless(ThisAccount.CoversOtherUsers, "needs root with CAP_SYS_PTRACE, to become other users and examine them");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("spiffe-test-");
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
            }

            // All of 127.0.0.0/8 is loopback: on an address of its own no port is taken by anybody else.
            string socket = kind == "unix"
                ? Path.Combine(folder.FullName, "agent.sock")
                : $"tcp://127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}.1:8081";
            string others = string.Join('\n', s_others.Select(uid =>
                $"setpriv --reuid={uid} --regid={uid} --clear-groups env HOME=/nonexistent '{s_dotnet}' '{PowerShellRun.Assembly}' -NoProfile -Command $fetch"));

            ProcessRun run = await PowerShellRun.CommandAsync(
                $$"""
                $socket = '{{socket}}'
                $entries = @{ SpiffeId = 'spiffe://example.org/admin'; Selector = 'unix:uid:0' },
                    @{ SpiffeId = 'spiffe://example.org/guest'; Selector = 'unix:uid:65534', 'unix:path:{{s_dotnet}}' },
                    @{ SpiffeId = 'spiffe://example.org/other'; Selector = 'unix:uid:65534', 'unix:path:/bin/none' }
                $null = Start-SpiffeDevAgent -Endpoint $socket -Entry $entries
                {{FetchPath}}
                $fetch = "{{PowerShellRun.ImportModule.TrimEnd()}}; `$socket = '$socket'; " + '{{FetchPath.Replace("'", "''", StringComparison.Ordinal)}}'
                {{others}}
                Stop-SpiffeDevAgent
                """);

            Assert.True(run.ExitCode == 0, run.Output + run.Errors);
            Assert.Equal(
                ["/admin", "/guest", "NoIdentityIssued"],
                run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
