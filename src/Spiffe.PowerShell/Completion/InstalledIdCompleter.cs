namespace Spiffe.Commands;

/// <summary>Completes SPIFFE IDs of SVIDs that this module has installed.</summary>
internal sealed class InstalledIdCompleter : InstalledSvidCompleter
{
    protected override Choice Read(InstalledSvid svid) => svid.SpiffeId.ToString();
}
