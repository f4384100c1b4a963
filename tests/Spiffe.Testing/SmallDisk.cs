namespace Spiffe.Testing;

/// <summary>A file system of its own in a temporary folder, with little space; the test is skipped where it cannot be mounted.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    public string Path => _folder.Path;

    /// <summary>Null where this account may not mount.</summary>
    public static async Task<SmallDisk?> TryMountAsync(int kilobytes, CancellationToken cancellationToken)
    {
        SmallDisk disk = new();
        if (Environment.UserName == "root" && File.Exists("/usr/bin/mount") &&
            await RunAsync("mount", ["-t", "tmpfs", "-o", $"size={kilobytes}k,mode=0755", "tmpfs", disk.Path], cancellationToken))
        {
            return disk;
        }

        disk._folder.Dispose();
        return null;
    }

    /// <summary>From now on nothing can be written, not even by root.</summary>
    public Task<bool> MakeReadOnlyAsync(CancellationToken cancellationToken) =>
        RunAsync("mount", ["-o", "remount,ro", Path], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", [Path], CancellationToken.None);
        _folder.Dispose();
    }

    private static async Task<bool> RunAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        (await ProcessRun.StartAsync(program, arguments, cancellationToken)).ExitCode == 0;
}
