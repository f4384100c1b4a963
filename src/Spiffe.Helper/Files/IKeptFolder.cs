namespace Spiffe.Helper;

/// <summary>A folder whose files are kept fresh, and who else must not keep them.</summary>
internal interface IKeptFolder : IDisposable
{
    /// <summary>Makes these the files of the folder. Removes those of an earlier call that are not among them.</summary>
    /// <returns>The paths of those that are new or different.</returns>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/>; what was there is there.</exception>
    IReadOnlyList<string> Publish(IReadOnlyList<OutputFile> files);
}
