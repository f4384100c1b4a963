using FsCheck;
using FsCheck.Fluent;

namespace Spiffe.Tests.Identity;

/// <summary>Texts for properties: good IDs from their parts, and texts that come close to being one.</summary>
public static class SpiffeIdTexts
{
    private const string TrustDomainCharacters = "abcxyz019.-_";
    private const string SegmentCharacters = TrustDomainCharacters + "ABCXYZ";
    private const string OtherCharacters = "/ %:@?#\\[]~\u0000\u00e9\u0130\ud800";

    private static readonly string[] s_starts = ["spiffe://", "spiffe://", "spiffe://", "spiffe:/", "SPIFFE://", "spiffe:///", "http://", ""];
    private static readonly string[] s_oddSegments = ["", ".", "..", "...", ".a", "a..", "a b", "%2e"];

    public static Arbitrary<TrustDomain> TrustDomains() => TrustDomainNames().Select(TrustDomain.Parse).ToArbitrary();

    public static Arbitrary<SpiffeId> Ids() => (
        from name in TrustDomainNames()
        from segments in Segments().ListOf(5)
        select SpiffeId.Parse("spiffe://" + name + string.Concat(segments.Select(segment => "/" + segment)))).ToArbitrary();

    /// <summary>Most are no IDs, some are.</summary>
    public static Arbitrary<string> Texts() => (
        from start in Gen.Elements(s_starts)
        from rest in Gen.OneOf(Paths(), Noise())
        select start + rest).ToArbitrary();

    private static Gen<string> Paths() =>
        from name in TrustDomainNames()
        from segments in Gen.OneOf(Segments(), Segments(), Gen.Elements(s_oddSegments)).ListOf()
        select name + string.Concat(segments.Take(8).Select(segment => "/" + segment));

    private static Gen<string> Noise() =>
        Gen.Elements((SegmentCharacters + "////" + OtherCharacters).ToCharArray()).ArrayOf().Select(characters => new string(characters));

    private static Gen<string> TrustDomainNames() =>
        Gen.Elements(TrustDomainCharacters.ToCharArray()).NonEmptyListOf().Select(characters => string.Concat(characters.Take(255)));

    private static Gen<string> Segments() => Gen.Elements(SegmentCharacters.ToCharArray()).NonEmptyListOf()
        .Select(characters => string.Concat(characters.Take(300)))
        .Where(segment => segment is not ("." or ".."));
}
