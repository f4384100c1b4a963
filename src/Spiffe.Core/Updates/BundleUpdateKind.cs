namespace Spiffe;

/// <summary>What kind of news an update of bundles brings.</summary>
public enum BundleUpdateKind
{
    /// <summary>The first state.</summary>
    Initial,

    /// <summary>A bundle came or changed, and none was withdrawn.</summary>
    Updated,

    /// <summary>At least one bundle was withdrawn: stop trusting its trust domain. <see cref="BundleUpdate.Bundles"/> has the rest.</summary>
    Removed,

    /// <summary>The source does not answer now; the state is the last one known.</summary>
    Retrying,
}
