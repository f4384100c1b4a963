namespace Spiffe;

/// <summary>What happens to a program that exits.</summary>
public enum HelperRestartPolicy
{
    /// <summary>It is started again when the files are next renewed, as SPIFFE Helper does.</summary>
    Never,

    /// <summary>It is started again if its exit code is not 0.</summary>
    OnFailure,

    /// <summary>It is started again.</summary>
    Always,
}
