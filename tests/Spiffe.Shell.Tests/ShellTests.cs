using Spiffe.Testing;

namespace Spiffe.Tests;

public sealed class ShellTests
{
    [Fact]
    public async Task A_command_finds_the_module_of_this_checkout_and_gives_its_exit_code()
    {
        ProcessRun run = await ShellRun.StartAsync("-Command", "(Get-Command Get-SpiffeX509Svid).Module.Path; exit 7");

        Assert.Equal(7, run.ExitCode);
        Assert.Equal(Path.Combine(PowerShellRun.Root, "artifacts/modules/Spiffe/bin/Spiffe.PowerShell.dll"), run.Output.Trim());
    }

    [Fact]
    public async Task A_script_gets_its_arguments_and_gives_its_exit_code()
    {
        using TemporaryFolder folder = new();
        string script = folder.Write("hello.ps1", "param([string]$Name, [switch]$Loud) \"hello $Name|$Loud\"\nexit 3");

        ProcessRun run = await ShellRun.StartAsync("-File", script, "-Loud", "a b; exit 9");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("hello a b; exit 9|True", run.Output.Trim());
    }
}
