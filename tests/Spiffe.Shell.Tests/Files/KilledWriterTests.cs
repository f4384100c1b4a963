using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Files;

/// <summary>A process that writes SVIDs in a tight loop is killed again and again, at any moment.</summary>
/// <remarks>Some times, unless the environment variable SPIFFE_KILL_COUNT asks for more.</remarks>
public sealed class KilledWriterTests : IAsyncLifetime
{
    private const int DefaultCount = 5;
    private const int Seed = 20261123;
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode CertificateMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ReadableByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const string KeyLabel = "PRIVATE KEY";

    private static readonly TestAuthority s_authority = TestAuthority.Create();
    private static readonly X509SVID[] s_generations =
        [Messages.X509Svid(s_authority, "spiffe://example.org/web"), Messages.X509Svid(s_authority, "spiffe://example.org/web")];

    private static readonly string[] s_keys = [.. s_generations.Select(svid => Pem(KeyLabel, svid.X509SvidKey.ToByteArray()))];
    private static readonly string[] s_chains = [.. s_generations.Select(svid => Pem("CERTIFICATE", svid.X509Svid.ToByteArray()))];

    private readonly TemporaryFolder _folder = new();
    private ScriptedWorkloadApi _server = null!;
    private int _asked;

    private static int Count =>
        Environment.GetEnvironmentVariable("SPIFFE_KILL_COUNT") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : DefaultCount;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedWorkloadApi.StartAsync();
        _server.X509Svids = (stream, token) => stream.WriteAsync(Messages.X509Svids(s_generations[_asked++ % 2]), token);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_reader_finds_whole_files_and_no_wider_mode_and_the_next_run_sets_all_right()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals and modes");
        Random random = new(Seed);
        for (int i = 0; i < Count; i++)
        {
            using Process writer = StartWriter("while ($true) { $a | Write-Files; $b | Write-Files }");
            try
            {
                DateTime firstSeen = await WaitForWriterAsync(writer);
                TimeSpan life = TimeSpan.FromMilliseconds(random.Next(100));
                while (DateTime.UtcNow - firstSeen < life)
                {
                    LookAtFiles(isAlive: true);
                }
            }
            finally
            {
                writer.Kill();
                await writer.WaitForExitAsync(Token);
            }

            LookAtFiles(isAlive: false);
        }

        using Process last = StartWriter("$a | Write-Files; $b | Write-Files");
        await last.WaitForExitAsync(Token);

        Assert.Equal(0, last.ExitCode);
        Assert.Equal(
            ["svid.pem", "svid_bundle.pem", "svid_key.pem"],
            Directory.GetFiles(_folder.Path).Select(path => Path.GetFileName(path)).Order());
        Assert.Equal(Generation(s_keys, "svid_key.pem"), Generation(s_chains, "svid.pem"));
    }

    private static string Pem(string label, byte[] der) => PemEncoding.WriteString(label, der) + "\n";

    /// <summary>Under a umask that takes nothing away.</summary>
    private Process StartWriter(string loop)
    {
        string script = $$"""
            {{PowerShellRun.ImportModule}}
            $a = Get-SpiffeX509Svid -Endpoint '{{_server.Endpoint}}'
            $b = Get-SpiffeX509Svid -Endpoint '{{_server.Endpoint}}'
            function Write-Files { process { $_ | Export-SpiffeX509Svid -Path '{{_folder.Path}}' -Layout Helper -ErrorAction Stop } }
            {{loop}}
            """;
        ProcessStartInfo start = new(
            "/bin/sh", ["-c", "umask 0; exec \"$@\"", "sh", PowerShellRun.Program, "-NoProfile", "-NonInteractive", "-Command", script])
        {
            RedirectStandardInput = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>The instant at which a new process has written for the first time.</summary>
    private async Task<DateTime> WaitForWriterAsync(Process writer)
    {
        DateTime start = DateTime.UtcNow;
        await Eventually.TrueAsync(
            () => writer.HasExited || File.GetLastWriteTimeUtc(Path.Combine(_folder.Path, "svid_key.pem")) > start, Token);
        Assert.False(writer.HasExited, "The writer ended too early.");
        return DateTime.UtcNow;
    }

    private void LookAtFiles(bool isAlive)
    {
        foreach (string path in Directory.GetFiles(_folder.Path))
        {
            string name = Path.GetFileName(path);
            if (name[0] == '.')
            {
                LookAtStagedFile(path);
            }
            else
            {
                Assert.Equal(name == "svid_key.pem" ? KeyMode : CertificateMode, ModeOf(path));
            }
        }

        // Each is read separately: while the writer lives they may be of different generations.
        int key = Generation(s_keys, "svid_key.pem");
        int chain = Generation(s_chains, "svid.pem");
        Assert.True(isAlive || key >= 0 || chain < 0, "There is a chain without a key.");
    }

    /// <summary>No key is in a file that others may read, and only the owner may write any.</summary>
    private static void LookAtStagedFile(string path)
    {
        try
        {
            UnixFileMode mode = ModeOf(path);
            Assert.Equal(UnixFileMode.None, mode & ~CertificateMode);
            Assert.False((mode & ReadableByOthers) != 0 && File.ReadAllText(path).Contains(KeyLabel, StringComparison.Ordinal), path);
        }
        catch (FileNotFoundException)
        {
            // It got its name in between.
        }
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    /// <summary>Which of the two SVIDs a file holds, whole; -1 where there is no file yet.</summary>
    private int Generation(string[] contents, string name)
    {
        string path = Path.Combine(_folder.Path, name);
        if (!File.Exists(path))
        {
            return -1;
        }

        int generation = Array.IndexOf(contents, File.ReadAllText(path));
        Assert.True(generation >= 0, $"{name} is not whole.");
        return generation;
    }
}
