using System.Text;
using FsCheck.Xunit;

namespace Spiffe.Tests.Bundles;

/// <summary>What is written of a bundle reads back as the bundle, or as that half of it which the format holds.</summary>
[Properties(Arbitrary = [typeof(SpiffeBundles)])]
public sealed class SpiffeBundleProperties
{
    [Property]
    [Trait("Clause", "B-3")]
    public bool A_SPIFFE_document_reads_back_equal(SpiffeBundle bundle) => Read(bundle.ToSpiffeJson(), BundleFormat.Spiffe, bundle).Equals(bundle);

    [Property]
    [Trait("Clause", "A-27")]
    public bool A_JWK_Set_reads_back_with_the_JWT_authorities(SpiffeBundle bundle) =>
        Read(bundle.ToJwks(), BundleFormat.Jwks, bundle).Equals(new SpiffeBundle(bundle.TrustDomain, jwtAuthorities: bundle.JwtAuthorities));

    [Property]
    [Trait("Clause", "B-16")]
    public bool A_bundle_map_reads_back_without_refresh_hints(SpiffeBundle[] bundles)
    {
        SpiffeBundle[] ofDifferentDomains = [.. bundles.DistinctBy(bundle => bundle.TrustDomain).OrderBy(bundle => bundle.TrustDomain)];

        return SpiffeBundle.FromBundleMap(Encoding.UTF8.GetBytes(SpiffeBundle.ToBundleMap(ofDifferentDomains)))
            .SequenceEqual(ofDifferentDomains.Select(WithoutRefreshHint));
    }

    [Property]
    [Trait("Clause", "A-11")]
    public bool PEM_and_DER_read_back_with_the_X509_authorities(SpiffeBundle bundle)
    {
        SpiffeBundle expected = new(bundle.TrustDomain, bundle.X509Authorities);

        return SpiffeBundle.FromX509Der(bundle.TrustDomain, bundle.ToDer()).Equals(expected) &&
            (bundle.X509Authorities.Count == 0 || Read(bundle.ToPem(), BundleFormat.Pem, bundle).Equals(expected));
    }

    private static SpiffeBundle Read(string text, BundleFormat format, SpiffeBundle bundle) =>
        Assert.Single(BundleFile.Parse(Encoding.UTF8.GetBytes(text), format, bundle.TrustDomain));

    private static SpiffeBundle WithoutRefreshHint(SpiffeBundle bundle) =>
        new(bundle.TrustDomain, bundle.X509Authorities, bundle.JwtAuthorities, bundle.SequenceNumber);
}
