using System.Globalization;

namespace Spiffe.Tests.Runs;

/// <summary>Rotations of one run: some, unless the environment variable SPIFFE_ROTATION_COUNT asks for more.</summary>
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
        (long memory, int descriptors) = (0, 0);
        for (int i = 0; i < Count; i++)
        {
            Rotate();
            await run.WaitForAsync(HelperEventKind.Written);
            run.Seen.Clear();
            if (i == Count / 10)
            {
                (memory, descriptors) = Measure(i);
            }
        }

        (long lastMemory, int lastDescriptors) = Measure(Count);
        Assert.True(lastMemory - memory < AllowedGrowth, $"{memory} bytes became {lastMemory}.");
        Assert.True(lastDescriptors - descriptors < AllowedDescriptors, $"{descriptors} descriptors became {lastDescriptors}.");
        Assert.True(Directory.GetDirectories(Folder.Path, ".spiffe-helper-*").Length <= 2);
    }

    private (long Memory, int Descriptors) Measure(int rotations)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        int descriptors = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        _output.WriteLine(
            $"After {rotations} rotations: {memory / 1024} KiB managed, {Environment.WorkingSet / 1024} KiB resident, {descriptors} descriptors.");
        return (memory, descriptors);
    }
}
