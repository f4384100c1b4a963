using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Helper;

/// <summary>Invoke-SpiffeHelper in a real PowerShell, with an agent that rotates.</summary>
[UnsupportedOSPlatform("windows")]
public abstract class HelperTest : IAsyncLifetime
{
    private const int GenerationCount = 4;

    private static readonly TestAuthority s_authority = TestAuthority.Create();

    protected HelperTest() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals and modes");

    private protected static IReadOnlyList<X509SVID> Generations { get; } = [.. Enumerable.Range(0, GenerationCount).Select(_ => Issue())];

    private protected static string[] Keys { get; } = [.. Generations.Select(svid => Pem("PRIVATE KEY", svid.X509SvidKey.ToByteArray()))];

    private protected static string[] Chains { get; } = [.. Generations.Select(svid => Pem("CERTIFICATE", svid.X509Svid.ToByteArray()))];

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ScriptedWorkloadApi Server { get; private set; } = null!;

    private protected TemporaryFolder Folder { get; } = new();

    /// <summary>The time between two SVIDs.</summary>
    private protected TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many SVIDs have been sent.</summary>
    private protected int Sent { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Server = await ScriptedWorkloadApi.StartAsync();
        Server.X509Svids = async (stream, token) =>
        {
            while (true)
            {
                await stream.WriteAsync(Messages.X509Svids(Generations[Sent++ % GenerationCount]), token);
                await Task.Delay(Pause, token);
            }
        };
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected string PathOf(string name) => Path.Combine(Folder.Path, name);

    /// <summary>A configuration for the agent and the folder, with more lines.</summary>
    private protected string Configure(string more, string? folder = null) => Folder.Write("helper.conf", $"""
        agent_address = "{Server.SocketPath}"
        cert_dir = "{folder ?? Folder.Path}"
        svid_file_name = "svid.pem"
        svid_key_file_name = "svid_key.pem"
        svid_bundle_file_name = "svid_bundle.pem"
        {more}
        """);

    /// <summary>Starts PowerShell under a umask that takes nothing away.</summary>
    private protected static Process Start(string command, string? notifySocket = null)
    {
        ProcessStartInfo start = new(
            "/bin/sh",
            [
                "-c", "umask 0; exec \"$@\"", "sh", PowerShellRun.Program, "-NoProfile", "-NonInteractive", "-Command",
                PowerShellRun.ImportModule + command,
            ])
        {
            RedirectStandardInput = true,
        };
        foreach ((string name, string value) in PowerShellRun.Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["NOTIFY_SOCKET"] = notifySocket ?? string.Empty;
        return Process.Start(start)!;
    }

    private protected static Task SignalAsync(Process process, string signal) => SignalAsync(process.Id, signal);

    private protected static async Task SignalAsync(int processId, string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {processId}"]);
        await kill.WaitForExitAsync(Token);
    }

    private static X509SVID Issue()
    {
        IssuedSvid issued = s_authority.Issue(new LeafOptions { Uris = ["spiffe://example.org/web"], DnsNames = ["localhost"] });
        return new X509SVID
        {
            SpiffeId = "spiffe://example.org/web",
            X509Svid = Google.Protobuf.ByteString.CopyFrom(issued.Der),
            X509SvidKey = Google.Protobuf.ByteString.CopyFrom(issued.Pkcs8Key),
            Bundle = Google.Protobuf.ByteString.CopyFrom(s_authority.BundleDer),
        };
    }

    private static string Pem(string label, byte[] der) => PemEncoding.WriteString(label, der) + "\n";
}
