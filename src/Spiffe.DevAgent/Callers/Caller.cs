namespace Spiffe.DevAgent;

/// <summary>The process at the other end of a connection, as the kernel names it.</summary>
internal sealed record Caller(int ProcessId, uint UserId, uint GroupId, string UserName)
{
    /// <summary>When the process began, in the kernel's own count: tells it from a later one with the same number.</summary>
    public string? StartTime { get; init; }

    /// <summary>What is known of the process, with SPIRE's names, for example <c>unix:uid:1000</c>.</summary>
    public IReadOnlySet<string> Selectors { get; init; } = new HashSet<string>();

    /// <summary>The SHA-256 hash of the program's file in hexadecimal, computed when an entry asks for it.</summary>
    public Lazy<string?> ProgramHash { get; init; } = new((string?)null);

    public bool Has(string selector) =>
        Selectors.Contains(selector) ||
        (selector.StartsWith(Selector.ProgramHash, StringComparison.Ordinal) &&
            selector[Selector.ProgramHash.Length..] == ProgramHash.Value);

    public override string ToString() => $"pid {ProcessId}, uid {UserId} ({UserName}), gid {GroupId}";
}
