namespace Spiffe;

/// <summary>How a connection through a tunnel ended.</summary>
public enum TunnelOutcome
{
    /// <summary>Both sides ended it in order.</summary>
    Completed,

    /// <summary>It never came about: one side refused the other, or one of them could not be reached.</summary>
    Refused,

    /// <summary>It broke off, or nothing moved for as long as the idle time-out.</summary>
    Broken,

    /// <summary>The tunnel was stopped while the connection was open.</summary>
    Stopped,
}
