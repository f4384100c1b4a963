using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>A TLS connection whose peer is authenticated and authorised.</summary>
public sealed class TlsConnection : IAsyncDisposable
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _peerChain;
    private IReadOnlyList<X509Certificate2>? _loadedPeerChain;

    internal TlsConnection(SslStream stream, PeerVerification peer, X509Context context)
    {
        Stream = stream;
        PeerId = peer.PeerId;
        _peerChain = peer.Chain;
        Context = context;
    }

    /// <summary>What is sent and received goes through it.</summary>
    public SslStream Stream { get; }

    /// <summary>The peer's SPIFFE ID; null only for a server of <see cref="PeerRule.WebPki"/>.</summary>
    public SpiffeId? PeerId { get; }

    /// <summary>The certificates that the peer has sent, its own first.</summary>
    public IReadOnlyList<X509Certificate2> PeerChain => LazyInitializer.EnsureInitialized(
        ref _loadedPeerChain,
        () => Array.AsReadOnly(_peerChain.Select(der => X509CertificateLoader.LoadCertificate(der.Span)).ToArray()));

    /// <summary>What the connection was made with; once it is superseded, new requests belong on a new connection.</summary>
    public X509Context Context { get; }

    /// <summary>Ends the connection; the peer is told, as TLS asks for.</summary>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
