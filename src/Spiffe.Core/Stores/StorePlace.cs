using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Which certificate store: a location, and a name in it.</summary>
internal sealed record StorePlace(StoreLocation Location, string Name)
{
    private static readonly string[] s_authorityStores = ["Root", "AuthRoot", "CA", "Disallowed"];

    /// <summary>Where intermediates belong, for the same users as this store.</summary>
    public StorePlace Intermediates => this with { Name = "CA" };

    /// <summary>What is wrong with a name; null where nothing is.</summary>
    public static string? FindFault(string name)
    {
        if (name.AsSpan().ContainsAny("/\\\0") || name.All(c => c is '.' or ' '))
        {
            return $"The store name {Quoted.Text(name)} is not valid; expected a name without '/' and '\\'.";
        }

        // X509-SVID, section 3.1: a leaf is not an authority, and every certificate in such a store counts as one, or as banned.
        return s_authorityStores.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? $"The store '{name}' is for authorities, not for SVIDs. 'My' is the store for certificates with keys."
            : null;
    }

    /// <summary>As the drive <c>Cert:</c> writes it.</summary>
    public override string ToString() => $@"{Location}\{Name}";
}
