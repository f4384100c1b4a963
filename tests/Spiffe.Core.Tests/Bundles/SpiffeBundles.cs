using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Spiffe.Testing;
using Spiffe.Tests.Identity;

namespace Spiffe.Tests.Bundles;

/// <summary>Bundles for properties: any of a few authorities in any order, under any names and numbers.</summary>
public static class SpiffeBundles
{
    // A name in a JSON document can be any text; these are the characters that a writer or a reader may stumble over.
    private const string KeyIdCharacters = "aZ09-_=+/ \"\\<>&'{}[]\u0001\n\u007f\u00e9\u0130\u2028";

    private static readonly TestSigner[] s_authorities =
    [
        TestSigner.CreateRoot(), TestSigner.CreateRoot("CN=Second"), TestSigner.CreateRoot("CN=Third", rsa: true),
    ];

    private static readonly ECDsa[] s_ecKeys =
    [
        ECDsa.Create(ECCurve.NamedCurves.nistP256), ECDsa.Create(ECCurve.NamedCurves.nistP384), ECDsa.Create(ECCurve.NamedCurves.nistP521),
    ];

    private static readonly RSA s_rsaKey = RSA.Create(2048);

    public static Arbitrary<SpiffeBundle> Bundles() => (
        from trustDomain in SpiffeIdTexts.TrustDomains().Generator
        from x509Authorities in Gen.SubListOf(s_authorities)
        from keyIds in KeyIds().ListOf(4)
        from jwtAuthorities in Gen.CollectToArray(keyIds.Distinct(), JwtAuthorities)
        from sequenceNumber in Gen.Elements<ulong?>(null, 0, 1, uint.MaxValue, (1UL << 53) + 1, long.MaxValue, ulong.MaxValue)
        from refreshHint in Gen.OneOf(Gen.Constant<long?>(null), Gen.Choose(0, int.MaxValue).Select(seconds => (long?)seconds))
        select new SpiffeBundle(
            trustDomain,
            x509Authorities.Select(authority => authority.Certificate),
            jwtAuthorities,
            sequenceNumber,
            refreshHint is { } seconds ? TimeSpan.FromSeconds(seconds) : null)).ToArbitrary();

    private static Gen<string> KeyIds() =>
        Gen.Elements(KeyIdCharacters.ToCharArray()).NonEmptyListOf().Select(characters => string.Concat(characters));

    private static Gen<JwtAuthority> JwtAuthorities(string keyId) => Gen.OneOf(
        Gen.Elements(s_ecKeys).Select(key => JwtAuthority.FromKey(keyId, key)),
        Gen.Constant(JwtAuthority.FromKey(keyId, s_rsaKey)));
}
