using System.Diagnostics;
using System.Globalization;

namespace Spiffe.Testing.Fuzzing;

/// <summary>
/// Gives a parser its seeds, changed seeds and random input: each must give a value or a <typeparamref name="TRefusal"/>
/// with a message, and allocate no more than a fixed multiple of the input's size.
/// </summary>
/// <remarks>The same inputs in every run, some thousand unless the environment variable asks for more.</remarks>
public sealed class ParserFuzz<TRefusal>
    where TRefusal : Exception
{
    private const string CountVariable = "SPIFFE_FUZZ_COUNT";

    private const int DefaultCount = 2_000;
    private const int Seed = 20261123;

    // What an exception costs however small the input: its stack trace, its message and those of the ones inside it.
    private const long FixedBytes = 32 * 1024;

    private readonly int _bytesPerUnit;

    /// <param name="bytesPerUnit">What a parser may allocate for each byte, or each character, of its input.</param>
    public ParserFuzz(int bytesPerUnit) => _bytesPerUnit = bytesPerUnit;

    /// <summary>Feeds texts; <paramref name="tokens"/> are what the changes put in.</summary>
    public FuzzReport FeedText(IEnumerable<string> seeds, string tokens, Action<string> parse) => Feed(
        new Mutator<char>([.. seeds.Select(seed => seed.ToCharArray())], tokens.ToCharArray(), new Random(Seed)),
        characters => new string(characters),
        text => text.Length,
        parse,
        characters => string.Concat(characters.Select(c => c is > ' ' and <= '~' ? $"{c}" : $"\\u{(int)c:x4}")));

    /// <summary>Feeds bytes; <paramref name="tokens"/> are what the changes put in.</summary>
    public FuzzReport FeedBytes(IEnumerable<byte[]> seeds, byte[] tokens, Action<byte[]> parse) =>
        FeedBytes(seeds, tokens, bytes => bytes, parse);

    /// <summary>Feeds what <paramref name="prepare"/> makes of bytes; making it does not count.</summary>
    public FuzzReport FeedBytes(
        IEnumerable<byte[]> seeds, byte[] tokens, Func<byte[], byte[]> prepare, Action<byte[]> parse) =>
        Feed(new Mutator<byte>([.. seeds], tokens, new Random(Seed)), prepare, bytes => bytes.Length, parse, Convert.ToHexString);

    private static int ReadCount() =>
        Environment.GetEnvironmentVariable(CountVariable) is { Length: > 0 } text
            ? int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
            : DefaultCount;

    private FuzzReport Feed<TUnit, TInput>(
        Mutator<TUnit> mutator,
        Func<TUnit[], TInput> convert,
        Func<TInput, int> getSize,
        Action<TInput> parse,
        Func<TUnit[], string> describe)
        where TUnit : unmanaged
    {
        FuzzReport report = new();
        int count = Math.Max(ReadCount(), mutator.SeedCount);
        for (int i = 0; i < count; i++)
        {
            TUnit[] units = mutator.Create(i);
            TInput input = convert(units);
            try
            {
                Measure(input, getSize(input), parse, report);
            }
            catch (Exception exception)
            {
                // Whatever a parser lets through: the input is what the next person needs to see.
                throw new InvalidOperationException($"Input {i}: {describe(units)}", exception);
            }
        }

        return report;
    }

    private void Measure<TInput>(TInput input, int size, Action<TInput> parse, FuzzReport report)
    {
        long limit = FixedBytes + ((long)size * _bytesPerUnit);
        (long allocated, TimeSpan time, bool isAccepted) = Measure(input, parse);
        if (allocated > limit || time > report.Slowest)
        {
            // What a first call loads and keeps, or another thread's work in between, is not the input's doing: only what
            // happens again counts.
            (long again, TimeSpan timeAgain, _) = Measure(input, parse);
            allocated = Math.Min(allocated, again);
            time = timeAgain < time ? timeAgain : time;
        }

        report.Add(isAccepted, size, time);
        if (allocated > limit)
        {
            throw new InvalidOperationException($"{allocated} bytes were allocated for {size}; expected at most {limit}.");
        }
    }

    private static (long Allocated, TimeSpan Time, bool IsAccepted) Measure<TInput>(TInput input, Action<TInput> parse)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        bool isAccepted = false;
        try
        {
            parse(input);
            isAccepted = true;
        }
        catch (TRefusal exception) when (IsPlain(exception.Message))
        {
            // Refused with a reason.
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(start), isAccepted);
    }

    private static bool IsPlain(string message) => message.Length is > 0 and < 2000 && !message.Any(char.IsControl);
}
