using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that read SPIFFE IDs from whatever carries one.</summary>
public abstract class SpiffeIdInputCommand : SpiffeCommand
{
    [Parameter]
    public SwitchParameter Normalize { get; set; }

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SpiffeIdInvalid"/></exception>
    private protected SpiffeId Read(object? input) => (input is PSObject wrapped ? wrapped.BaseObject : input) switch
    {
        SpiffeId id => id,
        TrustDomain trustDomain => trustDomain.Id,
        X509Certificate2 certificate => X509Svid.ReadSpiffeId(certificate),
        string text => ReadText(text),
        null => ReadText(string.Empty),
        _ => throw new SpiffeException(
            SpiffeErrorReason.SpiffeIdInvalid,
            $"An object of the type {PSObject.AsPSObject(input).TypeNames[0]} is not a SPIFFE ID, and has none as its property SpiffeId."),
    };

    private SpiffeId ReadText(string text) => SpiffeId.Parse(Normalize ? SpiffeId.Normalize(text) : text);
}
