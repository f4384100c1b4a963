namespace Spiffe.Commands;

/// <summary>Completes hints of SVIDs that this module has installed.</summary>
internal sealed class InstalledHintCompleter : InstalledSvidCompleter
{
    protected override Choice Read(InstalledSvid svid) => svid.Hint;
}
