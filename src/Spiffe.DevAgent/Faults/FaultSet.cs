namespace Spiffe.DevAgent;

/// <summary>The faults that are switched on.</summary>
internal sealed record FaultSet(IReadOnlySet<Fault> Faults, TimeSpan Delay)
{
    public static FaultSet None { get; } = new(new HashSet<Fault>(), TimeSpan.Zero);

    public bool Has(Fault fault) => Faults.Contains(fault);
}
