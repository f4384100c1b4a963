namespace Spiffe;

/// <summary>What happens to files whose identity the agent has withdrawn.</summary>
public enum HelperWithdrawalAction
{
    /// <summary>They stay, as with SPIFFE Helper.</summary>
    Keep,

    /// <summary>They are deleted.</summary>
    Delete,

    /// <summary>They are deleted, the program is ended, and so is the helper, with an error.</summary>
    Stop,
}
