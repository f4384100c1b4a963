namespace Spiffe.DevAgent;

/// <summary>The process at the other end of a connection, as the kernel names it.</summary>
internal sealed record Caller(int ProcessId, string UserName)
{
    /// <summary>When the process began, in the kernel's own count: tells it from a later one with the same number.</summary>
    public string? StartTime { get; init; }

    /// <summary>The account, as the log names it.</summary>
    public string Account { get; init; } = UserName;

    /// <summary>What is known of the process, with SPIRE's names, for example <c>unix:uid:1000</c>.</summary>
    public IReadOnlySet<string> Selectors { get; init; } = new HashSet<string>();

    /// <summary>
    /// The selector of the program's hash; computed when an entry asks for one, null where the program cannot be read.
    /// </summary>
    public Lazy<string?> HashSelector { get; init; } = new((string?)null);

    public bool Has(string selector) =>
        Selectors.Contains(selector) || (Selector.IsHash(selector) && selector == HashSelector.Value);

    public override string ToString() => $"pid {ProcessId}, {Account}";
}
