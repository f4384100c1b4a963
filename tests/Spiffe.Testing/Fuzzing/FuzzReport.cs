namespace Spiffe.Testing.Fuzzing;

/// <summary>What a parser made of its inputs.</summary>
public sealed class FuzzReport
{
    public int Accepted { get; private set; }

    public int Refused { get; private set; }

    /// <summary>The longest that one input took; to be read, not to be asserted on.</summary>
    public TimeSpan Slowest { get; private set; }

    public int SizeOfSlowest { get; private set; }

    public override string ToString() =>
        $"{Accepted + Refused} inputs: {Accepted} accepted, {Refused} refused; " +
        $"the slowest took {Slowest.TotalMilliseconds:F1} ms for a size of {SizeOfSlowest}";

    internal void Add(bool isAccepted, int size, TimeSpan time)
    {
        Accepted += isAccepted ? 1 : 0;
        Refused += isAccepted ? 0 : 1;
        if (time > Slowest)
        {
            Slowest = time;
            SizeOfSlowest = size;
        }
    }
}
