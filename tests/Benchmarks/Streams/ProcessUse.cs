using System.Diagnostics;

namespace Spiffe.Benchmarks.Streams;

/// <summary>What a process holds.</summary>
/// <param name="WorkingSet">In bytes.</param>
/// <param name="Descriptors">Open file descriptors; Linux only, else 0.</param>
internal sealed record ProcessUse(long WorkingSet, int Descriptors)
{
    public static ProcessUse Of(Process process)
    {
        process.Refresh();
        string folder = $"/proc/{process.Id}/fd";
        return new ProcessUse(process.WorkingSet64, Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder).Length : 0);
    }

    public override string ToString() => $"{WorkingSet / 1048576.0:F0} MiB, {Descriptors} descriptors";
}
