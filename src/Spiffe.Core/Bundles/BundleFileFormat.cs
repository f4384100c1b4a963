using System.Text;

namespace Spiffe;

/// <summary>How bundles of one <see cref="BundleFormat"/> are read and written. A new format is entered here.</summary>
/// <param name="Extension">How the name of a file ends.</param>
/// <param name="HasX509">Whether X.509 authorities have a place in it.</param>
/// <param name="HasJwt">Whether JWT authorities have a place in it.</param>
/// <param name="Read">Reads a content without byte order mark; the trust domain is that of formats which name none.</param>
/// <param name="Write">Writes bundles; exactly one, unless the format <see cref="NamesTrustDomains"/>.</param>
internal sealed record BundleFileFormat(
    string Extension,
    bool HasX509,
    bool HasJwt,
    Func<ReadOnlyMemory<byte>, TrustDomain?, IReadOnlyList<SpiffeBundle>> Read,
    Func<IReadOnlyList<SpiffeBundle>, byte[]> Write)
{
    private static readonly Dictionary<BundleFormat, BundleFileFormat> s_all = new()
    {
        [BundleFormat.Pem] = new(
            ".pem",
            HasX509: true,
            HasJwt: false,
            (content, name) =>
            [
                new SpiffeBundle(
                    name!,
                    CertificateList.ParsePem(
                        Encoding.Latin1.GetString(content.Span), SpiffeErrorReason.BundleInvalid, Describe(name))),
            ],
            bundles => Encoding.ASCII.GetBytes(bundles.Single().ToPem())),
        [BundleFormat.Der] = new(
            ".der",
            HasX509: true,
            HasJwt: false,
            (content, name) =>
                [new SpiffeBundle(name!, CertificateList.ParseDer(content, SpiffeErrorReason.BundleInvalid, Describe(name)))],
            bundles => bundles.Single().ToDer()),
        [BundleFormat.Spiffe] = new(
            ".spiffe.json",
            HasX509: true,
            HasJwt: true,
            (content, name) => [SpiffeBundle.FromSpiffeJson(name!, content)],
            bundles => Encoding.UTF8.GetBytes(bundles.Single().ToSpiffeJson())),
        [BundleFormat.Jwks] = new(
            ".jwks.json",
            HasX509: false,
            HasJwt: true,
            (content, name) =>
            [
                new SpiffeBundle(
                    name!, jwtAuthorities: JsonWebKeySet.Parse(content, SpiffeErrorReason.BundleInvalid, Describe(name))),
            ],
            bundles => Encoding.UTF8.GetBytes(bundles.Single().ToJwks())),
        [BundleFormat.BundleMap] = new(
            ".bundlemap.json",
            HasX509: true,
            HasJwt: true,
            (content, _) => SpiffeBundle.FromBundleMap(content),
            bundles => Encoding.UTF8.GetBytes(SpiffeBundle.ToBundleMap(bundles)))
        {
            NamesTrustDomains = true,
        },
    };

    /// <summary>Whether a file has several bundles, each under the name of its trust domain.</summary>
    public bool NamesTrustDomains { get; private init; }

    public static BundleFileFormat Of(BundleFormat format) => s_all[format];

    /// <summary>How many of a bundle's authorities have a place in it.</summary>
    public int CountAuthorities(SpiffeBundle bundle) =>
        (HasX509 ? bundle.X509Authorities.Count : 0) + (HasJwt ? bundle.JwtAuthorities.Count : 0);

    private static string Describe(TrustDomain? name) => $"The bundle of '{name}'";
}
