using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;

namespace Spiffe.Commands;

/// <summary>Lets a parameter take an object that has the value as a property, alive or as the snapshot of a job or a file.</summary>
/// <remarks>PowerShell itself takes the text of any object, and the text of a JWT-SVID is its SPIFFE ID.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UnwrapAttribute : ArgumentTransformationAttribute
{
    private readonly string[] _properties;

    /// <param name="properties">The properties that may have the value; the first one that the object has counts.</param>
    public UnwrapAttribute(params string[] properties) => _properties = properties;

    /// <summary>Whether the parameter takes text: then an object without such a property is refused.</summary>
    public bool IsText { get; set; }

    /// <summary>Whether the text is a path: files and locations have one, and -LiteralPath may take what -Path refuses.</summary>
    public bool IsPath { get; set; }

    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        GetBase(inputData) is IEnumerable list and not string and not IDictionary
            ? list.Cast<object?>().Select(Unwrap).ToArray()
            : Unwrap(inputData);

    private static object? GetBase(object? item) => item is PSObject wrapped ? wrapped.BaseObject : item;

    private object? Unwrap(object? item)
    {
        object? value = GetBase(item);
        if (value is null or string || value.GetType().IsPrimitive || (IsPath && value is FileSystemInfo or PathInfo))
        {
            return item;
        }

        if (IsText && value is SecureString secure)
        {
            return new NetworkCredential(string.Empty, secure).Password;
        }

        PSObject whole = PSObject.AsPSObject(item);
        foreach (string name in _properties)
        {
            if (whole.Properties[name] is { } property)
            {
                return IsText ? ReadText(property.Value, whole) : Revive(property.Value);
            }
        }

        return IsText ? Refuse(whole) : Revive(item);
    }

    private object ReadText(object? value, PSObject whole) => GetBase(value) switch
    {
        string text => text,
        SecureString secure => new NetworkCredential(string.Empty, secure).Password,
        _ => Refuse(whole),
    };

    /// <summary>An exception would end the search for another parameter that takes the object.</summary>
    private NotText Refuse(PSObject whole) => IsPath ? new NotText() : throw new ArgumentTransformationMetadataException(
        $"An object of the type {whole.TypeNames[0]} is not text, and has no text as its property {string.Join(" or ", _properties)}.");

    /// <summary>The identity or the trust domain whose snapshot this is; everything else as it is.</summary>
    private static object? Revive(object? item)
    {
        if (item is not PSObject { BaseObject: PSCustomObject } snapshot)
        {
            return item;
        }

        return snapshot.TypeNames[0] switch
        {
            "Deserialized.Spiffe.SpiffeId" when SpiffeId.TryParse(snapshot.ToString(), out SpiffeId? id) => id,
            "Deserialized.Spiffe.TrustDomain" when TrustDomain.TryParse(snapshot.ToString(), out TrustDomain? name) => name,
            _ => item,
        };
    }
}
