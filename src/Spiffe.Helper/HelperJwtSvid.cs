using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>A JWT-SVID that <c>Invoke-SpiffeHelper</c> keeps in a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Audience">Whom the token is for, the first one first.</param>
public sealed record HelperJwtSvid(string Path, ReadOnlyCollection<string> Audience)
{
    /// <summary>The path, and whom the token in it is for.</summary>
    public override string ToString() => $"{Path} ({string.Join(", ", Audience)})";
}
