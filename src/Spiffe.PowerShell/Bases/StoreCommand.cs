using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that keep SVIDs in certificate stores.</summary>
public abstract class StoreCommand : SpiffeCommand
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public StoreLocation StoreLocation { get; set; } = StoreLocation.CurrentUser;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompletions("My", "WebHosting")]
    [ValidateNotNullOrEmpty]
    [StoreName]
    public string StoreName { get; set; } = "My";

    private protected StorePlace Place => new(StoreLocation, StoreName);

    /// <summary>The SVIDs of this module in <see cref="Place"/> that a user asked for; what is not there is reported.</summary>
    private protected IReadOnlyList<InstalledSvid> SelectInstalled(SpiffeId[]? spiffeIds, string[]? hints, string[]? thumbprints)
    {
        return new Selection<InstalledSvid>()
            .By(spiffeIds, svid => svid.SpiffeId, (id, _) => NotFound($"for '{id}'"))
            .By(hints, svid => svid.Hint, (hint, _) => NotFound($"with the hint {Quoted.Text(hint)}"))
            .By(thumbprints, svid => svid.Thumbprint, (text, _) => NotFound($"with the thumbprint {text}"), StringComparer.OrdinalIgnoreCase)
            .Select(OpenStore(Place).Find(), WriteError);

        SpiffeException NotFound(string what) =>
            new(SpiffeErrorReason.InstalledSvidNotFound, $"This module has installed no SVID {what} in '{Place}'.");
    }

    private protected SvidStore OpenStore(StorePlace place) => new(place, WriteWarning);
}
