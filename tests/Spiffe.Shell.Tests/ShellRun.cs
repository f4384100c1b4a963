using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>Runs of Spiffe.Shell.</summary>
internal static class ShellRun
{
    public static Task<ProcessRun> StartAsync(params string[] arguments) => ProcessRun.StartAsync(
        "dotnet", [PowerShellRun.Shell, .. arguments], TestContext.Current.CancellationToken, PowerShellRun.Variables);
}
