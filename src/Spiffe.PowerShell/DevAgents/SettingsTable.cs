using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>A hashtable whose keys have a meaning, as parameters of development agents take it.</summary>
internal sealed class SettingsTable
{
    private readonly Hashtable _table;
    private readonly string _what;
    private readonly SpiffeErrorReason _reason;

    /// <param name="table">As the user wrote it.</param>
    /// <param name="keys">The keys that are known, in any case.</param>
    /// <param name="what">What it describes, as messages begin: <c>An entry</c>.</param>
    /// <param name="reason">What kind of error a fault in it is.</param>
    /// <exception cref="SpiffeException"><paramref name="reason"/>: a key is unknown.</exception>
    public SettingsTable(Hashtable table, string[] keys, string what, SpiffeErrorReason reason)
    {
        _table = table;
        _what = what;
        _reason = reason;
        foreach (object key in table.Keys)
        {
            if (!keys.Contains(key as string, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid($"{what} has the key {Quoted.Text(key.ToString())}; known are {string.Join(", ", keys)}.");
            }
        }
    }

    /// <summary>The value of a key; null where it is not there.</summary>
    /// <exception cref="SpiffeException">It is of another kind.</exception>
    public T? Get<T>(string name)
    {
        object? value = _table.Cast<DictionaryEntry>()
            .FirstOrDefault(pair => string.Equals(pair.Key as string, name, StringComparison.OrdinalIgnoreCase))
            .Value;
        try
        {
            return value is null ? default : LanguagePrimitives.ConvertTo<T>(value);
        }
        catch (PSInvalidCastException exception)
        {
            throw Invalid($"{_what}'s {name} cannot be used. {exception.Message}", exception);
        }
    }

    /// <summary>The value of a key that must be there.</summary>
    /// <exception cref="SpiffeException">It is not, or it is of another kind.</exception>
    public T Require<T>(string name) => Get<T>(name) ?? throw Invalid($"{_what} has no {name}.");

    private SpiffeException Invalid(string message, Exception? innerException = null) => new(_reason, message, innerException);
}
