using System.Management.Automation;
using System.Threading.Channels;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Commands;

/// <summary><c>Watch-SpiffeSvid | Export-SpiffeX509Svid</c>: files that follow what the agent says.</summary>
public sealed class ExportWatchedSvidsTests : ExportX509SvidTest
{
    private readonly Channel<X509SVIDResponse> _messages = Channel.CreateUnbounded<X509SVIDResponse>();
    private readonly PSDataCollection<PSObject> _output = [];
    private PowerShell? _shell;
    private IAsyncResult? _run;

    private int Done => _output.Count;

    public override async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            await _shell.StopAsync(null, null);
            _shell.Dispose();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Each_update_is_written_as_it_comes()
    {
        Start("-Layout Helper");
        Send(Svid("web"));
        await Eventually.TrueAsync(() => Names.Contains("svid_bundle.pem"), Token);
        string first = Read("svid.pem");

        Send(Svid("web"));

        await Eventually.TrueAsync(() => Read("svid.pem") != first, Token);
        Assert.Equal(["svid.pem", "svid_bundle.pem", "svid_key.pem"], Names);
        Assert.Empty(_shell!.Streams.Error.ReadAll());
    }

    [Fact]
    public async Task An_update_that_changes_nothing_in_a_file_does_not_touch_it()
    {
        Start("-Layout Helper");
        Send(Svid("web"));
        await Eventually.TrueAsync(() => Names.Contains("svid_bundle.pem"), Token);
        string first = Read("svid.pem");
        DateTime before = DateTime.UtcNow.AddHours(-1);
        File.SetLastWriteTimeUtc(PathOf("svid_bundle.pem"), before);

        Send(Svid("web"));

        await Eventually.TrueAsync(() => Read("svid.pem") != first, Token);
        Assert.Equal(before, File.GetLastWriteTimeUtc(PathOf("svid_bundle.pem")));
    }

    [Fact]
    public async Task Files_of_an_identity_that_was_taken_away_are_deleted()
    {
        X509SVID web = Svid("web");
        Start("-IncludeFederated");
        Send(Federated(Messages.X509Svids(web, Svid("batch")), Foreign));
        await Eventually.TrueAsync(() => Names.Count() == 8, Token);

        Send(web);

        await Eventually.TrueAsync(() => Names.SequenceEqual(["bundle.0.pem", "svid.0.key", "svid.0.pem"]), Token);
        Assert.Empty(_shell!.Streams.Error.ReadAll());
    }

    [Theory]
    [InlineData("", "bundle.0.pem, svid.0.key, svid.0.pem")]
    [InlineData("-Layout Pfx -Password ([Net.NetworkCredential]::new('', 'x').SecurePassword) -BundleFileName ca.pem", "ca.pem, svid.pfx")]
    public async Task A_loop_with_one_command_for_each_update_deletes_what_it_wrote_before(string parameters, string names)
    {
        StartLoop(parameters);
        Send(Svid("web"));
        await Eventually.TrueAsync(() => string.Join(", ", Names) == names, Token);
        Send(Svid("web"));
        await Eventually.TrueAsync(() => Done == 2, Token);
        Assert.Equal(names, string.Join(", ", Names));

        Send(new X509SVIDResponse());

        await Eventually.TrueAsync(() => !Names.Any(), Token);
        Assert.Empty(_shell!.Streams.Error.ReadAll());
    }

    [Fact]
    public async Task A_loop_deletes_the_files_of_one_of_two_identities_and_those_of_a_trust_domain()
    {
        StartLoop("-IncludeFederated");
        Send(Federated(Messages.X509Svids(Svid("web"), Svid("batch")), Foreign));
        await Eventually.TrueAsync(() => Names.Count() == 8, Token);

        Send(Svid("batch"));

        await Eventually.TrueAsync(() => Names.SequenceEqual(["bundle.0.pem", "svid.0.key", "svid.0.pem"]), Token);
    }

    [Fact]
    public async Task A_loop_keeps_a_file_that_was_changed_since()
    {
        StartLoop("");
        Send(Svid("web"));
        await Eventually.TrueAsync(() => Done == 1, Token);
        File.WriteAllText(PathOf("svid.0.key"), "another program's");

        Send(new X509SVIDResponse());

        await Eventually.TrueAsync(() => Done == 2, Token);
        Assert.Equal(["svid.0.key"], Names);
        Assert.Equal("another program's", Read("svid.0.key"));
    }

    [Fact]
    public async Task An_identity_that_comes_back_is_written_again()
    {
        Server.X509Svids = async (stream, token) =>
        {
            await stream.WriteAsync(await _messages.Reader.ReadAsync(token), token);
            await _messages.Reader.ReadAsync(token);
            throw new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.PermissionDenied, "no identity issued"));
        };
        StartPipeline("-Layout Combined");
        Send(Svid("web"));
        await Eventually.TrueAsync(() => Names.Contains("svid.pem"), Token);

        Send(new X509SVIDResponse());
        await Eventually.TrueAsync(() => !Names.Any(), Token);
        Send(Svid("web"));

        await Eventually.TrueAsync(() => Names.Contains("svid.pem"), Token);
    }

    [Fact]
    public async Task Files_of_others_and_of_earlier_runs_stay()
    {
        File.WriteAllText(PathOf("svid.1.key"), "of an earlier run");
        Start("");
        Send(Svid("web"));
        await Eventually.TrueAsync(() => Names.Count() == 4, Token);

        Assert.Equal("of an earlier run", Read("svid.1.key"));
    }

    [Fact]
    public async Task The_watch_continues_after_a_failed_write()
    {
        Start("-Layout Helper");
        Directory.CreateDirectory(PathOf("svid.pem"));
        Send(Svid("web"));
        await Eventually.TrueAsync(() => _shell!.Streams.Error.Count == 1, Token);
        Assert.Equal(["svid.pem"], Names);
        Directory.Delete(PathOf("svid.pem"));

        Send(Svid("web"));

        await Eventually.TrueAsync(() => Names.Count() == 3, Token);
        Assert.StartsWith("WriteFailed,", _shell!.Streams.Error[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(_shell.Streams.Error.ReadAll());
    }

    [Fact]
    public async Task A_folder_that_vanishes_is_reported_and_used_again_when_it_is_back()
    {
        string folder = Directory.CreateDirectory(PathOf("tls")).FullName;
        Server.X509Svids = SendAllAsync;
        StartPipeline("", folder);
        Send(Svid("web"));
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(folder, "bundle.0.pem")), Token);
        Directory.Delete(folder, recursive: true);

        Send(Svid("web"));
        await Eventually.TrueAsync(() => _shell!.Streams.Error.Count == 1, Token);
        Directory.CreateDirectory(folder);
        Send(Svid("web"));

        await Eventually.TrueAsync(() => File.Exists(Path.Combine(folder, "bundle.0.pem")), Token);
        Assert.StartsWith("FileNotFound,", _shell!.Streams.Error[0].FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_that_does_not_answer_changes_nothing()
    {
        File.WriteAllText(PathOf("svid.0.key"), "old");

        Session.Run(
            "Watch-SpiffeSvid -Endpoint $args[0] -IncludeRetry -Count 1 | Export-SpiffeX509Svid -Path $args[1]",
            PathOf("none.sock"),
            Folder).Expect<object>();

        Assert.Equal(["svid.0.key"], Names);
    }

    [Fact]
    public void JWT_SVIDs_are_refused()
    {
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "", "orders") } };

        Run("Watch-SpiffeSvid -Type Jwt -Audience orders -Endpoint $args[0] -Count 1 | Export-SpiffeX509Svid -Path $args[1]", Folder)
            .ExpectError("SvidTypeMismatch", ErrorCategory.InvalidArgument);

        Assert.Empty(Names);
    }

    private void Start(string parameters)
    {
        Server.X509Svids = SendAllAsync;
        StartPipeline(parameters);
    }

    /// <summary>An empty message takes all identities away.</summary>
    private void StartLoop(string parameters)
    {
        Server.X509Svids = async (stream, token) =>
        {
            await foreach (X509SVIDResponse message in _messages.Reader.ReadAllAsync(token))
            {
                await (message.Svids.Count > 0 ? stream.WriteAsync(message, token) : throw new Grpc.Core.RpcException(
                    new Grpc.Core.Status(Grpc.Core.StatusCode.PermissionDenied, "no identity issued")));
            }
        };
        Begin(
            $$"""
            $path = $args[1]
            Watch-SpiffeSvid -Endpoint $args[0] | ForEach-Object -Process { $_ | Export-SpiffeX509Svid -Path $path {{parameters}}; 'done' }
            """,
            Folder);
    }

    private void StartPipeline(string parameters, string? folder = null) =>
        Begin($"Watch-SpiffeSvid -Endpoint $args[0] | Export-SpiffeX509Svid -Path $args[1] {parameters}", folder ?? Folder);

    private void Begin(string script, string folder)
    {
        _shell = Session.Create(script, Server.Endpoint, folder);
        _run = _shell.BeginInvoke<PSObject, PSObject>(input: null, _output);
        Assert.False(_run.IsCompleted && _shell.HadErrors);
    }

    private void Send(params X509SVID[] svids) => Send(Messages.X509Svids(svids));

    private void Send(X509SVIDResponse message) => Assert.True(_messages.Writer.TryWrite(message));

    private async Task SendAllAsync(Grpc.Core.IServerStreamWriter<X509SVIDResponse> stream, CancellationToken token)
    {
        await foreach (X509SVIDResponse message in _messages.Reader.ReadAllAsync(token))
        {
            await stream.WriteAsync(message, token);
        }
    }
}
