using System.Security.Cryptography.X509Certificates;
using Spiffe.Tls;

namespace Spiffe.Tests.Keys;

/// <summary>When a platform that must keep keys, as Windows does, is told to remove them.</summary>
public sealed class TlsCredentialTests : TlsTest
{
    private readonly KeepingPlatform _platform = new();

    [Fact]
    public void A_key_is_kept_once_and_removed_as_soon_as_its_SVID_is_superseded()
    {
        TlsCredential credential = new(Svid(ShopId), _platform);
        credential.Borrow().Dispose();
        credential.Borrow().Dispose();
        Assert.Equal((1, 0), (_platform.Provided, _platform.Removed));

        credential.Retire();
        credential.Retire();

        Assert.Equal((1, 1), (_platform.Provided, _platform.Removed));
    }

    [Fact]
    public void A_handshake_under_way_keeps_its_key_until_it_is_over()
    {
        TlsCredential credential = new(Svid(ShopId), _platform);
        TlsCredential.Loan loan = credential.Borrow();

        credential.Retire();
        Assert.Equal(0, _platform.Removed);
        loan.Dispose();
        loan.Dispose();

        Assert.Equal(1, _platform.Removed);
    }

    [Fact]
    public void A_handshake_that_comes_too_late_gets_the_key_and_leaves_none_behind()
    {
        TlsCredential credential = new(Svid(ShopId), _platform);
        credential.Retire();

        credential.Borrow().Dispose();

        Assert.Equal((1, 1), (_platform.Provided, _platform.Removed));
    }

    private sealed class KeepingPlatform : ITlsKeyPlatform
    {
        public int Provided { get; private set; }

        public int Removed { get; private set; }

        public X509Certificate2 Provide(X509Certificate2 certificate)
        {
            Provided++;
            return certificate;
        }

        public void Remove(X509Certificate2 provided) => Removed++;
    }
}
