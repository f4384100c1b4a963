using Grpc.Core;
using Spiffe.Helper;
using Spiffe.Protocol;
using Spiffe.Tests.Configuration;

namespace Spiffe.Tests.Runs;

/// <summary>The corpus to its end: the files that SPIFFE Helper left, with their modes.</summary>
public sealed class OneShotTests : RunTest
{
    // 444 without a leading 0 is 0674, and SPIFFE Helper leaves it to the umask that others may not write.
    private const string DecimalMode = "decimal-mode-trap";

    private static readonly string[] s_more = ["b", "c"];

    public static TheoryData<string> Names => Corpus.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_file_leads_to_the_same_files_with_the_same_modes(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs modes");
        string file = PathOf("helper.conf");
        string folder = Directory.CreateDirectory(PathOf("certs")).FullName;
        await File.WriteAllTextAsync(file, Corpus.GetText(name, Server.SocketPath, folder), Token);
        HelperConfigurationReport report = HelperConfigurationReader.ReadFile(file, Folder.Path, isOneShot: true);
        Dictionary<string, UnixFileMode> expected = Corpus.GetFiles(name);
        if (name == DecimalMode)
        {
            expected["svid.pem"] |= UnixFileMode.GroupWrite;
            expected["svid_bundle.pem"] |= UnixFileMode.GroupWrite;
        }

        if (report.IsValid)
        {
            await RunAsync(report.Configuration!);
        }

        Assert.Equal(Corpus.Describe(expected), Corpus.Describe(ReadModes(folder)));
    }

    [Fact]
    public async Task Extra_audiences_are_asked_for_too()
    {
        await RunAsync(Configure(
            ("jwt_svids", new Dictionary<string, object>[]
            {
                new() { ["jwt_audience"] = "a", ["jwt_extra_audiences"] = s_more, ["jwt_svid_file_name"] = "t.jwt" },
            })));

        string token = await File.ReadAllTextAsync(PathOf("t.jwt"), Token);
        Assert.Equal(["a", "b", "c"], JwtSvid.FromToken(SpiffeId.Parse(Web), string.Empty, isDefault: true, token, []).Audience);
    }

    [Fact]
    public async Task All_files_are_new_or_none()
    {
        Server.JwtBundles = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "later"));

        SpiffeException end = await Assert.ThrowsAsync<SpiffeException>(() => RunAsync(Configure(("jwt_bundle_file_name", "b.json"))));

        Assert.Equal(SpiffeErrorReason.AgentUnavailable, end.Reason);
        Assert.False(File.Exists(PathOf("svid.pem")));
    }

    [Fact]
    public async Task An_identity_that_is_not_there_yet_is_waited_for()
    {
        int asked = 0;
        X509SVIDResponse message = Testing.Messages.X509Svids(Authority);
        Server.X509Svids = (stream, token) => asked++ == 0
            ? throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"))
            : stream.WriteAsync(message, token);

        IReadOnlyList<HelperEvent> events = await RunAsync(Configure());

        Assert.Equal([HelperEventKind.Failed, HelperEventKind.Written], events.Select(news => news.Kind));
    }

    private async Task<IReadOnlyList<HelperEvent>> RunAsync(HelperConfiguration configuration)
    {
        List<HelperEvent> events = [];
        await foreach (HelperEvent news in OneShotRun.RunAsync(Api, configuration, new HelperOptions(), Token))
        {
            events.Add(news);
        }

        return events;
    }

    private static Dictionary<string, UnixFileMode> ReadModes(string folder) =>
        Directory.GetFiles(folder)
            .Where(path => Path.GetFileName(path)[0] != '.')
            .ToDictionary(
                path => Path.GetFileName(path),
                path => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path));
}
