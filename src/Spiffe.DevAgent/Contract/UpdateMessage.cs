namespace Spiffe;

/// <summary>A line of standard input after the first: the changes to apply.</summary>
internal sealed class UpdateMessage
{
    /// <summary>Added, or put in place of the entries with the same ID.</summary>
    public EntryMessage?[] Entries { get; set; } = [];

    /// <summary>The IDs whose entries go.</summary>
    public string[] RemoveEntries { get; set; } = [];

    public string[] Rotate { get; set; } = [];

    /// <summary>The IDs that are withheld from now on.</summary>
    public string[] Redact { get; set; } = [];

    /// <summary>Whether what was withheld before is given again.</summary>
    public bool Restore { get; set; }

    /// <summary>The faults from now on; null to leave them as they are.</summary>
    public string[]? Faults { get; set; }

    /// <summary>How long each call waits from now on; null to leave it as it is.</summary>
    public int? DelayMs { get; set; }
}
