namespace Spiffe.Helper;

/// <summary>A value in a configuration, not yet read as what its key wants.</summary>
/// <param name="Position">Where it begins.</param>
internal abstract record HclValue(FilePosition Position)
{
    /// <summary>For messages.</summary>
    public abstract string Describe();
}
