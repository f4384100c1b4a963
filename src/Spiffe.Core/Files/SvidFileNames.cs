using System.Globalization;

namespace Spiffe;

/// <summary>What the files of one SVID are called.</summary>
/// <param name="Certificate">The file with the leaf in it.</param>
/// <param name="Key">The file with the private key in it; the same as <paramref name="Certificate"/> where one file holds both.</param>
/// <param name="Bundle">Null where the authorities are not written.</param>
internal sealed record SvidFileNames(string Certificate, string Key, string? Bundle)
{
    public static SvidFileNames Create(SvidFileOptions options, int number)
    {
        bool hasBundle = options.Layout == SvidLayout.Helper || options.BundleFileName is not null || options.IncludeFederated;
        string? bundle = hasBundle ? options.BundleFileName ?? "svid_bundle.pem" : null;
        switch (options.Layout)
        {
            case SvidLayout.Spire:
                string n = number.ToString(CultureInfo.InvariantCulture);
                return new SvidFileNames($"svid.{n}.pem", $"svid.{n}.key", $"bundle.{n}.pem");
            case SvidLayout.Helper:
                return new SvidFileNames(
                    options.CertificateFileName ?? "svid.pem", options.KeyFileName ?? "svid_key.pem", bundle);
            default:
                string name = options.CertificateFileName ?? (options.Layout == SvidLayout.Pfx ? "svid.pfx" : "svid.pem");
                return new SvidFileNames(name, name, bundle);
        }
    }

    /// <summary>The bundle of a foreign trust domain has a file of its own (Federation, section 4.2).</summary>
    /// <param name="layout">Spire counts the trust domains; elsewhere the file has the trust domain's name in its own.</param>
    /// <param name="index">The trust domain's place in their order.</param>
    /// <param name="trustDomain">Whose bundle it is.</param>
    public string GetFederated(SvidLayout layout, int index, TrustDomain trustDomain) => layout == SvidLayout.Spire
        ? string.Create(CultureInfo.InvariantCulture, $"federated_{Path.GetFileNameWithoutExtension(Bundle)}.{index}.pem")
        : $"{Path.GetFileNameWithoutExtension(Bundle)}.{trustDomain}{Path.GetExtension(Bundle)}";
}
