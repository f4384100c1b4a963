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

    /// <summary>What goes wrong with one SVID does not keep the others from being seen to, nor a later update.</summary>
    private protected void Try(object target, Action action)
    {
        try
        {
            action();
        }
        catch (SpiffeException exception)
        {
            WriteError(ErrorTable.CreateRecord(exception, target));
        }
    }
}
