using System.Globalization;

namespace Spiffe;

/// <summary>An object as plain values under the names of its properties, fit for <c>ConvertTo-Json</c> and <c>Export-Csv</c>.</summary>
/// <remarks>
/// ConvertTo-Json reads all public properties of an object by reflection, and theirs, and no type can choose another form for
/// itself: a SPIFFE ID becomes an object, a certificate hundreds of lines, a JWT-SVID shows its token. It writes a dictionary as it is.
/// </remarks>
public sealed class SpiffeRecord : OrderedDictionary<string, object?>
{
    internal SpiffeRecord()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Adds an instant: ISO 8601 in UTC, to the second.</summary>
    internal void Add(string name, DateTime? time) => Add(
        name, (object?)time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture));
}
