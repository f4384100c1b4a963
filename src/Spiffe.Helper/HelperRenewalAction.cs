namespace Spiffe;

/// <summary>How a running program learns that its files are new.</summary>
public enum HelperRenewalAction
{
    /// <summary>It gets the signal of the configuration, if there is one.</summary>
    Signal,

    /// <summary>It is ended and started again.</summary>
    Restart,

    /// <summary>None: it notices new files itself.</summary>
    None,
}
