using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Spiffe.Testing;

namespace Spiffe.Tests.Helper;

/// <summary>A PowerShell that keeps SVIDs fresh is killed again and again, at any moment.</summary>
/// <remarks>Some times, unless the environment variable SPIFFE_KILL_COUNT asks for more.</remarks>
[UnsupportedOSPlatform("windows")]
public sealed class KilledHelperTests : HelperTest
{
    private const int DefaultCount = 3;
    private const int Seed = 20261128;
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode CertificateMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private int _seenAlive;

    private static int Count =>
        Environment.GetEnvironmentVariable("SPIFFE_KILL_COUNT") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : DefaultCount;

    private string Link => PathOf("certs/.spiffe-helper");

    [Fact]
    public async Task No_reader_finds_a_torn_file_a_mixed_set_or_a_wider_mode_and_the_next_start_cleans_up()
    {
        Directory.CreateDirectory(PathOf("certs"));
        string configuration = Configure(string.Empty, PathOf("certs"));
        Random random = new(Seed);
        for (int i = 0; i < Count; i++)
        {
            using Process helper = Start($"Invoke-SpiffeHelper -ConfigPath '{configuration}' | Out-Null");
            try
            {
                string? before = new FileInfo(Link).LinkTarget;
                await Eventually.TrueAsync(() => helper.HasExited || new FileInfo(Link).LinkTarget != before, Token);
                long end = Environment.TickCount64 + random.Next(600);
                while (Environment.TickCount64 < end)
                {
                    Assert.False(helper.HasExited, "The helper ended too early.");
                    LookWhileItLives();
                }
            }
            finally
            {
                helper.Kill();
                await helper.WaitForExitAsync(Token);
            }

            LookAfterItsEnd();
        }

        using Process last = Start($"Invoke-SpiffeHelper -ConfigPath '{configuration}' -OneShot | Out-Null");
        await last.WaitForExitAsync(Token);

        Assert.Equal(0, last.ExitCode);
        Assert.True(_seenAlive > 0, "Nothing was seen while it lived.");
        LookAfterItsEnd();
        Assert.Equal(
            ["svid.pem", "svid_bundle.pem", "svid_key.pem"],
            Directory.GetFileSystemEntries(PathOf("certs")).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Order());
        Assert.InRange(Directory.GetDirectories(PathOf("certs"), ".spiffe-helper-*").Length, 1, 2);
    }

    /// <summary>A reader that stays with one generation, and one that goes by names and looks whether they changed meanwhile.</summary>
    private void LookWhileItLives()
    {
        string? generation = new FileInfo(Link).LinkTarget;
        if (generation is null)
        {
            return;
        }

        try
        {
            Expect(PathOf($"certs/{generation}"));
            string key = File.ReadAllText(PathOf("certs/svid_key.pem"));
            string chain = File.ReadAllText(PathOf("certs/svid.pem"));
            ExpectModes();
            if (new FileInfo(Link).LinkTarget == generation)
            {
                Assert.Equal(Find(Keys, key), Find(Chains, chain));
                _seenAlive++;
            }
        }
        catch (IOException) when (new FileInfo(Link).LinkTarget != generation)
        {
            // It has been exchanged twice in between.
        }
    }

    /// <summary>Nothing changes any more: opening three names one after the other gives one set, or nothing at all.</summary>
    private void LookAfterItsEnd()
    {
        if (File.Exists(PathOf("certs/svid_key.pem")) || File.Exists(PathOf("certs/svid.pem")) || File.Exists(PathOf("certs/svid_bundle.pem")))
        {
            Expect(PathOf("certs"));
            ExpectModes();
        }
    }

    private static void Expect(string folder)
    {
        int key = Find(Keys, File.ReadAllText(Path.Combine(folder, "svid_key.pem")));
        Assert.Equal(key, Find(Chains, File.ReadAllText(Path.Combine(folder, "svid.pem"))));
        Assert.EndsWith("-----END CERTIFICATE-----\n", File.ReadAllText(Path.Combine(folder, "svid_bundle.pem")), StringComparison.Ordinal);
    }

    /// <summary>Of every file, those that are not there under their names yet included: no key is wider than asked for.</summary>
    private void ExpectModes()
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };
        foreach (string path in Directory.GetFiles(PathOf("certs"), "*", all))
        {
            try
            {
                UnixFileMode mode = File.GetUnixFileMode(path);
                bool isKey = Path.GetFileName(path) == "svid_key.pem" || Path.GetFileName(path) == ".spiffe-helper.lock";
                Assert.Equal(UnixFileMode.None, mode & ~(isKey ? KeyMode : CertificateMode));
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // It was exchanged in between.
            }
        }
    }

    /// <summary>Which of the SVIDs it is, whole.</summary>
    private static int Find(string[] contents, string content)
    {
        int generation = Array.IndexOf(contents, content);
        Assert.True(generation >= 0, "A file is not whole.");
        return generation;
    }
}
