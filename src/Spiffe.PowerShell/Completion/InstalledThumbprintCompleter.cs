namespace Spiffe.Commands;

/// <summary>Completes thumbprints of SVIDs that this module has installed.</summary>
internal sealed class InstalledThumbprintCompleter : InstalledSvidCompleter
{
    protected override string Read(InstalledSvid svid) => svid.Thumbprint;
}
