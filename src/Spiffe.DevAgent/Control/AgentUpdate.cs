namespace Spiffe.DevAgent;

/// <summary>The changes to apply, checked.</summary>
/// <param name="Entries">All entries from now on; null to leave them as they are.</param>
/// <param name="Rotate">What is rotated now.</param>
/// <param name="Redact">What is withheld from now on.</param>
/// <param name="Restore">Whether what was withheld before is given again.</param>
/// <param name="Faults">The faults from now on.</param>
internal sealed record AgentUpdate(
    IReadOnlyList<Entry>? Entries,
    IReadOnlyCollection<DevAgentRotation> Rotate,
    IReadOnlyCollection<SpiffeId> Redact,
    bool Restore,
    FaultSet Faults);
