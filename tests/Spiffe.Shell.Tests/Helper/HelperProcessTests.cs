using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Spiffe.Testing;

namespace Spiffe.Tests.Helper;

/// <summary>Invoke-SpiffeHelper as a service, and the streams of the program that it runs.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HelperProcessTests : HelperTest
{
    private const string Script = "/usr/bin/script";

    [Fact]
    public async Task SIGTERM_ends_the_program_and_PowerShell_and_notifies_the_service_manager()
    {
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(PathOf("notify")));
        string script = Folder.Write("service.sh", "trap 'echo term >> log; exit 0' TERM; echo start >> log; while :; do sleep 0.05; done");
        string configuration = Configure($"""
            cmd = "sh"
            cmd_args = "{script}"
            """);
        using Process helper = Start($"Set-Location '{Folder.Path}'; Invoke-SpiffeHelper -ConfigPath '{configuration}' | Out-Null", PathOf("notify"));
        try
        {
            Assert.Equal("READY=1", await ReceiveAsync(manager));
            await Eventually.TrueAsync(() => File.Exists(PathOf("log")), Token);

            await SignalAsync(helper, "TERM");
            await helper.WaitForExitAsync(Token);
        }
        finally
        {
            helper.Kill();
        }

        Assert.Equal(0, helper.ExitCode);
        Assert.Equal("STOPPING=1", await ReceiveAsync(manager));
        Assert.Equal(["start", "term"], await File.ReadAllLinesAsync(PathOf("log"), Token));
    }

    [Fact]
    public async Task A_program_that_needs_a_terminal_has_PowerShells()
    {
        Assert.SkipUnless(File.Exists(Script), $"needs {Script}");
        string configuration = Configure("""
            cmd = "sh"
            cmd_args = "-c \"test -t 0 && test -t 1 && stty size > size\""
            """);
        string run = Folder.Write(
            "run.ps1",
            PowerShellRun.ImportModule + $"Set-Location '{Folder.Path}'; Invoke-SpiffeHelper -ConfigPath '{configuration}' -EndWithCommand | Out-Null");

        ProcessRun result = await ProcessRun.StartAsync(
            Script, ["-qec", $"stty rows 33 cols 99; '{PowerShellRun.Program}' -NoProfile -File '{run}'", "/dev/null"], Token, PowerShellRun.Variables);

        Assert.True(File.Exists(PathOf("size")), result.Output + result.Errors);
        Assert.Equal("33 99", (await File.ReadAllTextAsync(PathOf("size"), Token)).Trim());
    }

    [Fact]
    public async Task A_flood_of_output_does_not_stop_renewals()
    {
        string configuration = Configure("""
            cmd = "sh"
            cmd_args = "-c \"head -c 20000000 /dev/zero | tr '\\\\0' x; sleep 1; exit 5\""
            renew_signal = "SIGURG"
            """);

        ProcessRun run = await PowerShellRun.CommandAsync(
            $"$e = @(Invoke-SpiffeHelper -ConfigPath '{configuration}' -EndWithCommand); $e.Where({{ $_.Kind -eq 'Signalled' }}).Count -gt 1; exit $LASTEXITCODE");

        Assert.Equal(5, run.ExitCode);
        Assert.True(run.Output.Length > 20_000_000, $"{run.Output.Length} characters; {run.Errors}");
        Assert.EndsWith("True", run.Output.TrimEnd(), StringComparison.Ordinal);
    }

    private static async Task<string> ReceiveAsync(Socket manager)
    {
        byte[] buffer = new byte[100];
        return Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token));
    }
}
