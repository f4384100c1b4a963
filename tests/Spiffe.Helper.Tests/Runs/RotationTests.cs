using System.Globalization;

namespace Spiffe.Tests.Runs;

/// <summary>Rotations of one run: some, unless the environment variable SPIFFE_ROTATION_COUNT asks for more.</summary>
[Collection(nameof(RotationsAlone))]
public sealed class RotationTests : RunTest
{
    private const int DefaultCount = 100;
    private const long AllowedGrowth = 4 * 1024 * 1024;
    private const int AllowedDescriptors = 10;

    private readonly ITestOutputHelper _output;

    public RotationTests(ITestOutputHelper output) => _output = output;

    private static int Count =>
        Environment.GetEnvironmentVariable("SPIFFE_ROTATION_COUNT") is { Length: > 0 } text
            ? int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
            : DefaultCount;

    [Fact]
    public async Task Memory_and_descriptors_stay_as_they_are()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        await using HelperFollower run = Follow(Configure());
        await run.WaitForAsync(HelperEventKind.Written);
        List<(long Memory, int Descriptors)> measured = [];
        for (int i = 1; i <= Count; i++)
        {
            Rotate();
            await run.WaitForAsync(HelperEventKind.Written);
            run.Seen.Clear();
            if (i % Math.Max(Count / 10, 1) == 0)
            {
                measured.Add(Measure(i));
            }
        }

        Assert.True(measured[^1].Memory - measured[0].Memory < AllowedGrowth, "Memory grows.");
        Assert.True(measured[^1].Descriptors - measured[0].Descriptors < AllowedDescriptors, "Descriptors are lost.");
        Assert.True(Directory.GetDirectories(Folder.Path, ".spiffe-helper-*").Length <= 2);
    }

    private (long Memory, int Descriptors) Measure(int rotations)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        long memory = GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes;
        int descriptors = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        _output.WriteLine(
            $"After {rotations} rotations: {memory / 1024} KiB managed, {Environment.WorkingSet / 1024} KiB resident, {descriptors} descriptors.");
        return (memory, descriptors);
    }
}
