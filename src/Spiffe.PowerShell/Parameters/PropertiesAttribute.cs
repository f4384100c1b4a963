using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Lets a parameter for hashtables take objects, too, such as ConvertFrom-Json and Import-Csv make: by their properties.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PropertiesAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is IEnumerable list and not string and not IDictionary
            ? list.Cast<object?>().Select(Read).ToArray()
            : Read(inputData);

    private static object? Read(object? item) =>
        item is PSObject { BaseObject: PSCustomObject } custom ? ToHashtable(custom) : item;

    private static Hashtable ToHashtable(PSObject item)
    {
        Hashtable properties = new(StringComparer.OrdinalIgnoreCase);
        foreach (PSPropertyInfo property in item.Properties)
        {
            properties[property.Name] = property.Value;
        }

        return properties;
    }
}
