namespace Spiffe;

/// <summary>What kind of news an update brings.</summary>
public enum SvidUpdateKind
{
    /// <summary>The first state.</summary>
    Initial,

    /// <summary>Something was renewed, added or changed, and no identity was withdrawn.</summary>
    Updated,

    /// <summary>At least one identity was withdrawn: stop using it. <see cref="SvidUpdate.Svids"/> has what is left.</summary>
    Removed,

    /// <summary>The Workload API cannot be asked now; the state is the last one known.</summary>
    Retrying,
}
