namespace Spiffe;

/// <summary>What became of a request to install.</summary>
internal enum InstallationOutcome
{
    /// <summary>It was not there, and is now.</summary>
    Installed,

    /// <summary>The module had installed it before.</summary>
    Present,

    /// <summary>It is there, and this module did not install it.</summary>
    Foreign,

    /// <summary>The store has a newer one for the same identity; it was not installed.</summary>
    Outdated,
}
