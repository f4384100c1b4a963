using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>An SVID as TLS takes it: the leaf with its key, and the intermediates that go along to the peer.</summary>
/// <remarks>The platform may have to keep the key; it is removed once the SVID is superseded and no handshake uses it.</remarks>
internal sealed class TlsCredential
{
    private readonly Lock _lock = new();
    private readonly X509Svid _svid;
    private readonly ITlsKeyPlatform _platform;
    private X509Certificate2? _certificate;
    private SslStreamCertificateContext? _context;
    private int _loans;
    private bool _isRetired;

    public TlsCredential(X509Svid svid, ITlsKeyPlatform platform)
    {
        _svid = svid;
        _platform = platform;
    }

    /// <summary>For one handshake.</summary>
    public Loan Borrow()
    {
        lock (_lock)
        {
            _context ??= CreateContext();
            _loans++;
            return new Loan(this, _context);
        }
    }

    /// <summary>There is a newer one: the key goes as soon as the last handshake has given it back.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _isRetired = true;
            RemoveIfUnused();
        }
    }

    private void Return()
    {
        lock (_lock)
        {
            _loans--;
            RemoveIfUnused();
        }
    }

    private SslStreamCertificateContext CreateContext()
    {
        X509Certificate2 certificate = _platform.Provide(_svid.Certificate);
        try
        {
            // Offline: the chain is the one from the agent, and nothing is downloaded for it.
            SslStreamCertificateContext context = SslStreamCertificateContext.Create(certificate, [.. _svid.Chain], offline: true);
            _certificate = certificate;
            return context;
        }
        catch
        {
            _platform.Remove(certificate);
            throw;
        }
    }

    private void RemoveIfUnused()
    {
        if (_isRetired && _loans == 0 && _certificate is not null)
        {
            _platform.Remove(_certificate);
            _certificate = null;
            _context = null;
        }
    }

    /// <summary>The right of one handshake to use the key.</summary>
    public sealed class Loan : IDisposable
    {
        private TlsCredential? _credential;

        public Loan(TlsCredential credential, SslStreamCertificateContext context)
        {
            _credential = credential;
            Context = context;
        }

        public SslStreamCertificateContext Context { get; }

        public void Dispose() => Interlocked.Exchange(ref _credential, value: null)?.Return();
    }
}
