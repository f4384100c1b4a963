namespace Spiffe;

/// <summary>What has happened.</summary>
public enum HelperEventKind
{
    /// <summary>Files are new.</summary>
    Written,

    /// <summary>The agent said something that changed no file.</summary>
    Unchanged,

    /// <summary>Files with a JWT-SVID are new.</summary>
    TokenRenewed,

    /// <summary>The program was started.</summary>
    Started,

    /// <summary>A process was signalled that files are new.</summary>
    Signalled,

    /// <summary>The program was ended and started again, or started again after it had ended.</summary>
    Restarted,

    /// <summary>The program has ended.</summary>
    Exited,

    /// <summary>Something went wrong; what was there is there, and it is tried again.</summary>
    Failed,

    /// <summary>The agent has taken an identity away.</summary>
    Withdrawn,

    /// <summary>The helper was told to end.</summary>
    Stopping,
}
