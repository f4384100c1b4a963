using System.Collections;
using System.Globalization;

namespace Spiffe.Helper;

/// <summary>Reads a configuration that a script has in a dictionary, under the keys of the file.</summary>
internal static class DictionaryItems
{
    /// <exception cref="ConfigurationFaultException">A value is of a kind that the file has not.</exception>
    public static IReadOnlyList<HclItem> Parse(IDictionary dictionary)
    {
        List<HclItem> items = [];
        foreach (DictionaryEntry entry in dictionary)
        {
            string key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            items.Add(new HclItem([new HclKey(key, IsChecked: true, default)], ReadValue(key, entry.Value)));
        }

        return items;
    }

    private static HclValue ReadValue(string key, object? value) => value switch
    {
        null => new HclLiteral(HclTokenKind.String, string.Empty, default),
        string text => new HclLiteral(HclTokenKind.String, text, default),
        bool flag => new HclLiteral(HclTokenKind.Bool, flag ? "true" : "false", default),
        byte or sbyte or short or ushort or int or uint or long =>
            new HclLiteral(HclTokenKind.Number, ReadNumber(key, Convert.ToString(value, CultureInfo.InvariantCulture)!), default),
        IDictionary dictionary => new HclObject(Parse(dictionary), default),
        IEnumerable values => new HclList([.. values.Cast<object?>().Select(element => ReadValue(key, element))], default),
        _ => throw new ConfigurationFaultException(
            default, $"the value of {Quoted.Text(key)} is of type {value.GetType()}; expected a string, number, truth value, list or hashtable"),
    };

    /// <summary>For PowerShell 0640 is the number six hundred and forty. A mode is read by its digits, as the user intends.</summary>
    private static string ReadNumber(string key, string digits) =>
        key.EndsWith("_file_mode", StringComparison.OrdinalIgnoreCase) && digits is [not '-', ..] ? "0" + digits : digits;
}
