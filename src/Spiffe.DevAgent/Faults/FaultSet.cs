namespace Spiffe.DevAgent;

/// <summary>The faults that are switched on.</summary>
internal sealed record FaultSet(IReadOnlySet<DevAgentFault> Faults, TimeSpan Delay)
{
    public static FaultSet None { get; } = new(new HashSet<DevAgentFault>(), TimeSpan.Zero);

    public bool Has(DevAgentFault fault) => Faults.Contains(fault);
}
