using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

[Trait("Clause", "A-14")]
public sealed class RevocationTests : VerifierTest
{
    private static readonly DateTimeOffset s_later = DateTimeOffset.UtcNow.AddHours(1);

    [Fact]
    public void A_list_is_exposed_with_issuer_times_and_serial_numbers()
    {
        TestSigner leaf = Root.Issue();

        X509RevocationList list = X509RevocationList.Parse(Root.CreateRevocationList(s_later, leaf.Certificate));

        Assert.Equal("CN=Root", list.Issuer);
        Assert.Equal([leaf.Certificate.SerialNumber], list.RevokedSerialNumbers);
        Assert.True(list.IssuedAt < list.NextUpdate);
        Assert.Equal(list, X509RevocationList.Parse(list.RawData));
    }

    [Fact]
    public void A_revoked_certificate_is_refused_where_lists_are_looked_into()
    {
        TestSigner leaf = Root.Issue();
        byte[] list = Root.CreateRevocationList(s_later, leaf.Certificate);

        AssertRefused(Check(leaf, list), "RFC 5280 6.3");
        AssertValid(Check(Root.Issue(), list));
        AssertValid(Verify(leaf, Options(list) with { ChecksRevocation = false }));
    }

    [Fact]
    public void A_revoked_intermediate_is_refused()
    {
        TestSigner signer = Root.IssueSigner("CN=Signer");
        byte[] list = Root.CreateRevocationList(s_later, signer.Certificate);

        AssertRefused(Verify(signer.Issue(), [Root], [signer], Options(list)), "RFC 5280 6.3");
    }

    [Fact]
    public void Without_a_list_of_the_signer_there_is_a_warning_and_strict_refuses()
    {
        byte[] other = TestSigner.CreateRoot("CN=Other").CreateRevocationList(s_later);

        X509SvidVerification verification = Check(Root.Issue(), other);

        AssertValid(verification);
        Assert.Contains(verification.Checks, check => check is { Clause: "RFC 5280 6.3", Result: CheckResult.Warning });
        AssertRefused(Verify(Root.Issue(), Options(other) with { IsStrict = true }), "RFC 5280 6.3");
    }

    [Fact]
    public void A_list_that_is_old_or_of_another_key_or_of_a_signer_without_the_right_refuses()
    {
        TestSigner mute = TestSigner.CreateRoot(extensions: SignerWith(TestExtensions.KeyUsage(X509KeyUsageFlags.KeyCertSign)));

        AssertRefused(Check(Root.Issue(), Root.CreateRevocationList(DateTimeOffset.UtcNow.AddMinutes(-1))), "RFC 5280 6.3");
        AssertRefused(Check(Root.Issue(), TestSigner.CreateRoot().CreateRevocationList(s_later)), "RFC 5280 6.3");
        AssertRefused(Verify(mute.Issue(), [mute], [], Options(mute.CreateRevocationList(s_later))), "RFC 5280 6.3");
    }

    [Fact]
    public void Anything_but_one_list_in_DER_is_refused()
    {
        byte[] list = Root.CreateRevocationList(s_later);

        Assert.All<byte[]>([[], [0x30, 0x00], [.. list, 0], list[..^1], Root.Certificate.RawData], der => Assert.Equal(
            SpiffeErrorReason.ResponseInvalid,
            Assert.Throws<SpiffeException>(() => X509RevocationList.Parse(der)).Reason));
    }

    [Fact]
    public void The_lists_of_an_SVID_and_of_a_bundle_are_used()
    {
        TestSigner leaf = Root.Issue();
        X509RevocationList list = X509RevocationList.Parse(Root.CreateRevocationList(s_later, leaf.Certificate));
        SpiffeBundle bundle = SpiffeBundle.FromX509Der(ExampleOrg, Root.Certificate.RawData, [list]);

        X509SvidVerification verification = X509SvidVerifier.Verify(
            leaf.Certificate, [], [bundle], new X509SvidVerificationOptions { ChecksRevocation = true });

        AssertRefused(verification, "RFC 5280 6.3");
    }

    private static X509SvidVerification Check(TestSigner leaf, byte[] list) => Verify(leaf, Options(list));

    private static X509SvidVerificationOptions Options(byte[] list) =>
        new() { ChecksRevocation = true, RevocationLists = [X509RevocationList.Parse(list)] };
}
