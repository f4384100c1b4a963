using System.Diagnostics;
using System.Globalization;
using Spiffe.Testing;

namespace Spiffe.Tests.Runs;

/// <summary>A process that another program has started, and the file with its number.</summary>
public sealed class PidFileTests : RunTest
{
    private const string Shell = "/bin/sh";

    public PidFileTests() => Assert.SkipUnless(File.Exists(Shell), "needs /bin/sh");

    [Fact]
    public async Task The_process_gets_the_signal_at_the_first_write_and_at_each_renewal()
    {
        using Process service = await StartServiceAsync();
        await File.WriteAllTextAsync(PathOf("x.pid"), $" {service.Id}\n", Token);
        await using HelperFollower run = Follow(Configure(("pid_file_name", PathOf("x.pid")), ("renew_signal", "SIGUSR1")));

        HelperEvent first = await run.WaitForAsync(HelperEventKind.Signalled);
        await LogAsync("start usr");
        Rotate();
        await run.WaitForAsync(HelperEventKind.Signalled);
        await LogAsync("start usr usr");

        Assert.Equal(service.Id, first.ProcessId);
        await EndAsync(service);
    }

    [Fact]
    public async Task A_file_that_is_written_later_is_waited_for()
    {
        using Process service = await StartServiceAsync();
        await using HelperFollower run = Follow(Configure(("pid_file_name", PathOf("x.pid")), ("renew_signal", "SIGUSR1")));

        HelperEvent failure = await run.WaitForAsync(HelperEventKind.Failed);
        await File.WriteAllTextAsync(PathOf("x.pid"), service.Id.ToString(CultureInfo.InvariantCulture), Token);
        await run.WaitForAsync(HelperEventKind.Signalled);

        Assert.NotNull(failure.NextRetry);
        await EndAsync(service);
    }

    [Fact]
    public async Task A_process_that_has_only_been_given_the_number_gets_no_signal()
    {
        using Process service = await StartServiceAsync();
        await File.WriteAllTextAsync(PathOf("x.pid"), service.Id.ToString(CultureInfo.InvariantCulture), Token);
        File.SetLastWriteTimeUtc(PathOf("x.pid"), DateTime.UtcNow.AddMinutes(-1));
        await using HelperFollower run = Follow(Configure(("pid_file_name", PathOf("x.pid")), ("renew_signal", "SIGUSR1")));

        HelperEvent failure = await run.WaitForAsync(HelperEventKind.Failed);

        Assert.Equal(SpiffeErrorReason.CommandFailed, failure.Reason);
        Assert.Contains("another one", failure.Message, StringComparison.Ordinal);
        await EndAsync(service);
        Assert.Equal("start", ReadLog());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("99999999999")]
    public async Task A_file_without_a_number_signals_nothing(string text)
    {
        Folder.Write("x.pid", text);
        await using HelperFollower run = Follow(Configure(("pid_file_name", PathOf("x.pid")), ("renew_signal", "SIGKILL")));

        HelperEvent failure = await run.WaitForAsync(HelperEventKind.Failed);

        Assert.Equal(SpiffeErrorReason.CommandFailed, failure.Reason);
    }

    private async Task<Process> StartServiceAsync()
    {
        string script = Folder.Write("service.sh", "trap 'echo usr >> log' USR1; echo start >> log; while :; do sleep 0.05; done");
        Process service = Process.Start(new ProcessStartInfo(Shell, [script]) { WorkingDirectory = Folder.Path })!;
        await LogAsync("start");
        return service;
    }

    private static async Task EndAsync(Process service)
    {
        service.Kill();
        await service.WaitForExitAsync(Token);
    }

    private string ReadLog() => File.Exists(PathOf("log")) ? string.Join(' ', File.ReadAllLines(PathOf("log"))) : string.Empty;

    private Task LogAsync(string expected) => Eventually.TrueAsync(() => ReadLog() == expected, Token);
}
