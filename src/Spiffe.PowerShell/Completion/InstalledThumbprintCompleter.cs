namespace Spiffe.Commands;

/// <summary>Completes thumbprints of SVIDs that this module has installed.</summary>
internal sealed class InstalledThumbprintCompleter : InstalledSvidCompleter
{
    protected override Choice Read(InstalledSvid svid) => new(svid.Thumbprint, $"{svid.DisplayId}, valid until {svid.NotAfter:s}");
}
