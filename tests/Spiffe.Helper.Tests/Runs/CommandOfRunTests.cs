using System.Runtime.Versioning;
using Spiffe.Helper;
using Spiffe.Testing;

namespace Spiffe.Tests.Runs;

/// <summary>The program of a run: real processes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CommandOfRunTests : RunTest
{
    private const string Shell = "/bin/sh";

    // Writes a line for each signal it gets, and ends by SIGTERM.
    private const string Obedient = "trap 'echo hup >> log' HUP; trap 'echo term >> log; exit 7' TERM; echo start >> log; while :; do sleep 0.05; done";

    public CommandOfRunTests() => Assert.SkipUnless(File.Exists(Shell), "needs /bin/sh");

    [Fact]
    public async Task It_starts_after_the_first_write_and_gets_the_signal_at_each_renewal()
    {
        await using HelperFollower run = Follow(ConfigureScript(Obedient, ("renew_signal", "SIGHUP")));

        HelperEvent started = await run.WaitForAsync(HelperEventKind.Started);
        await LogAsync("start");
        Rotate();
        HelperEvent signalled = await run.WaitForAsync(HelperEventKind.Signalled);
        await LogAsync("start hup");

        Assert.Equal(started.ProcessId, signalled.ProcessId);
        Assert.Contains(run.Seen.TakeWhile(news => news != started), news => news.Kind == HelperEventKind.Written);
    }

    [Fact]
    public async Task It_is_ended_in_an_orderly_way_and_its_exit_code_is_passed_on()
    {
        await using HelperFollower run = Follow(ConfigureScript(Obedient));
        HelperEvent started = await run.WaitForAsync(HelperEventKind.Started);
        await LogAsync("start");

        IReadOnlyList<HelperEvent> last = await run.StopAsync();

        Assert.Equal([HelperEventKind.Stopping, HelperEventKind.Exited], last.Select(news => news.Kind));
        Assert.Equal(7, last[1].ExitCode);
        Assert.Equal("start term", ReadLog());
        Assert.True(OtherProcess.HasEnded(started.ProcessId!.Value));
    }

    [Fact]
    public async Task It_is_killed_where_it_ignores_the_request()
    {
        await using HelperFollower run = Follow(
            ConfigureScript("trap '' TERM; echo start >> log; while :; do sleep 0.05; done"),
            new HelperOptions { StopPatience = TimeSpan.FromMilliseconds(200) });
        HelperEvent started = await run.WaitForAsync(HelperEventKind.Started);
        await LogAsync("start");

        IReadOnlyList<HelperEvent> last = await run.StopAsync();

        Assert.Equal(128 + SignalNumber.Kill, last[1].ExitCode);
        Assert.True(OtherProcess.HasEnded(started.ProcessId!.Value));
    }

    [Fact]
    public async Task It_is_ended_too_where_the_run_is_cancelled()
    {
        HelperFollower run = Follow(ConfigureScript(Obedient));
        HelperEvent started = await run.WaitForAsync(HelperEventKind.Started);
        await LogAsync("start");

        await run.DisposeAsync();

        Assert.True(OtherProcess.HasEnded(started.ProcessId!.Value));
        Assert.Equal("start term", ReadLog());
    }

    [Fact]
    public async Task It_outlives_the_run_where_that_is_asked_for()
    {
        HelperFollower run = Follow(ConfigureScript(Obedient), new HelperOptions { LeavesRunning = true });
        int processId = (await run.WaitForAsync(HelperEventKind.Started)).ProcessId!.Value;
        await LogAsync("start");

        await run.StopAsync();
        await run.DisposeAsync();

        Assert.False(OtherProcess.HasEnded(processId));
        UnixSignal.TrySend(processId, SignalNumber.Kill);
        await Eventually.TrueAsync(() => OtherProcess.HasEnded(processId), Token);
    }

    [Fact]
    public async Task One_that_has_ended_starts_again_with_the_next_renewal()
    {
        await using HelperFollower run = Follow(ConfigureScript("echo start >> log"));
        HelperEvent exited = await run.WaitForAsync(HelperEventKind.Exited);
        Rotate();

        HelperEvent restarted = await run.WaitForAsync(HelperEventKind.Restarted);

        Assert.Equal(0, exited.ExitCode);
        Assert.NotEqual(exited.ProcessId, restarted.ProcessId);
        await LogAsync("start start");
    }

    [Theory]
    [InlineData(HelperRestartPolicy.Always, 0)]
    [InlineData(HelperRestartPolicy.Always, 3)]
    [InlineData(HelperRestartPolicy.OnFailure, 3)]
    public async Task One_that_has_ended_starts_again_as_the_policy_says(HelperRestartPolicy policy, int exitCode)
    {
        await using HelperFollower run = Follow(
            ConfigureScript($"echo start >> log; exit {exitCode}"), new HelperOptions { RestartPolicy = policy });

        HelperEvent exited = await run.WaitForAsync(HelperEventKind.Exited);
        HelperEvent restarted = await run.WaitForAsync(HelperEventKind.Restarted);

        Assert.Equal(exitCode, exited.ExitCode);
        Assert.True(restarted.Time - exited.Time >= TimeSpan.FromSeconds(0.9), "without a pause");
    }

    [Fact]
    public async Task One_that_has_done_its_work_stays_ended_after_success()
    {
        await using HelperFollower run = Follow(
            ConfigureScript("echo start >> log"), new HelperOptions { RestartPolicy = HelperRestartPolicy.OnFailure, EndsWithCommand = true });

        await run.WaitForAsync(HelperEventKind.Exited);
        await run.WaitForAsync(HelperEventKind.Stopping);

        Assert.False(await run.MoveNextAsync());
        Assert.Equal("start", ReadLog());
    }

    [Fact]
    public async Task It_is_restarted_at_a_renewal_where_that_is_asked_for()
    {
        await using HelperFollower run = Follow(
            ConfigureScript(Obedient, ("renew_signal", "SIGHUP")), new HelperOptions { RenewalAction = HelperRenewalAction.Restart });
        await run.WaitForAsync(HelperEventKind.Started);
        await LogAsync("start");
        Rotate();

        await run.WaitForAsync(HelperEventKind.Exited);
        await run.WaitForAsync(HelperEventKind.Restarted);

        await LogAsync("start term start");
    }

    [Fact]
    public async Task One_that_is_not_there_is_reported_and_the_files_are_kept_fresh()
    {
        await using HelperFollower run = Follow(Configure(("cmd", "no-such-program")));

        HelperEvent failure = await run.WaitForAsync(HelperEventKind.Failed);
        Rotate();
        await run.WaitForAsync(HelperEventKind.Written);

        Assert.Equal(SpiffeErrorReason.CommandFailed, failure.Reason);
    }

    [Fact]
    public async Task Arguments_reach_it_as_they_are_and_no_shell_is_between()
    {
        string script = Folder.Write("arguments.sh", "for argument in \"$@\"; do echo \"$argument\" >> log; done");
        await using HelperFollower run = Follow(Configure(
            ("cmd", Shell), ("cmd_args", $"{script} $HOME \"two words\" 'x y' *  ;")));

        await run.WaitForAsync(HelperEventKind.Exited);

        Assert.Equal(["$HOME", "two words", "'x", "y'", "*", string.Empty, ";"], await File.ReadAllLinesAsync(PathOf("log"), Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_token_is_a_renewal_only_where_that_is_asked_for(bool signals)
    {
        int issued = 0;
        Server.JwtSvids = request =>
        {
            Interlocked.Increment(ref issued);
            Dictionary<string, object> claims = TestJwtKey.Claims(Web, [.. request.Audience]);
            claims["exp"] = DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeSeconds();
            claims["jti"] = issued;
            string token = JwtKey.Sign($$"""{"alg":"ES256","kid":"{{JwtKey.KeyId}}"}""", System.Text.Json.JsonSerializer.Serialize(claims));
            return new Protocol.JWTSVIDResponse { Svids = { new Protocol.JWTSVID { SpiffeId = Web, Svid = token } } };
        };
        HelperConfiguration configuration = ConfigureScript(
            Obedient,
            ("renew_signal", "SIGHUP"),
            ("jwt_svids", new Dictionary<string, object>[] { new() { ["jwt_audience"] = "a", ["jwt_svid_file_name"] = "t.jwt" } }));
        await using HelperFollower run = Follow(configuration, new HelperOptions { SignalsJwtRenewal = signals });
        await run.WaitForAsync(HelperEventKind.Started);
        await LogAsync("start");

        await run.WaitForAsync(HelperEventKind.TokenRenewed);
        await run.WaitForAsync(HelperEventKind.TokenRenewed);

        Assert.Equal(signals, run.Seen.Any(news => news.Kind == HelperEventKind.Signalled));
    }

    private HelperConfiguration ConfigureScript(string script, params (string Key, object Value)[] more) => Configure(
        [("cmd", Shell), ("cmd_args", Folder.Write("command.sh", script)), .. more]);

    private string ReadLog() => File.Exists(PathOf("log")) ? string.Join(' ', File.ReadAllLines(PathOf("log"))) : string.Empty;

    private Task LogAsync(string expected) => Eventually.TrueAsync(() => ReadLog() == expected, Token);
}
