namespace Spiffe.Commands;

/// <summary>What the agent is told on a later line of its standard input; what is null stays as it is.</summary>
internal sealed record DevAgentUpdate
{
    public IReadOnlyList<DevAgentEntry>? Entries { get; init; }

    public IReadOnlyList<string>? RemoveEntries { get; init; }

    public IReadOnlyList<string>? Rotate { get; init; }

    public IReadOnlyList<string>? Redact { get; init; }

    public bool Restore { get; init; }

    public IReadOnlyList<string>? Faults { get; init; }

    public int? DelayMs { get; init; }
}
