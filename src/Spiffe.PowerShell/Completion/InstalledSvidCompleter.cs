using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

/// <summary>Completes from the SVIDs that this module has installed in a certificate store.</summary>
internal abstract class InstalledSvidCompleter : NameCompleter
{
    protected override IEnumerable<Choice> Find(IDictionary boundParameters)
    {
        string name = boundParameters[nameof(StoreCommand.StoreName)]?.ToString() ?? "My";
        if (!LanguagePrimitives.TryConvertTo(boundParameters[nameof(StoreCommand.StoreLocation)], out StoreLocation location))
        {
            location = StoreLocation.CurrentUser;
        }

        try
        {
            return [.. new SvidStore(new StorePlace(location, name), _ => { }).Find().Select(Read)];
        }
        catch (SpiffeException)
        {
            // A completer has no place for a message; the cmdlet itself will say it.
            return [];
        }
    }

    protected abstract Choice Read(InstalledSvid svid);
}
