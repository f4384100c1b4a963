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

    private protected SvidStore OpenStore(StorePlace place) => new(place, WriteWarning);
}
