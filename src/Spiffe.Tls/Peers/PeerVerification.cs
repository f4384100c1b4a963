using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>Authenticates the peer of one handshake by its X509-SVID and then authorises it by the rule.</summary>
internal sealed class PeerVerification
{
    private readonly X509Context _context;
    private readonly PeerRule _rule;
    private readonly SvidPurpose _purpose;

    /// <param name="context">The bundles to verify with.</param>
    /// <param name="rule">Whom to let in.</param>
    /// <param name="purpose">Which side of the connection the peer is.</param>
    public PeerVerification(X509Context context, PeerRule rule, SvidPurpose purpose)
    {
        _context = context;
        _rule = rule;
        _purpose = purpose;
    }

    /// <summary>The identity of the peer, once it is authenticated and authorised.</summary>
    public SpiffeId? PeerId { get; private set; }

    /// <summary>What the peer has sent, in DER: the leaf first, the rest in the order received.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; private set; } = [];

    /// <summary>The verification of the X509-SVID; null where there was none to verify.</summary>
    public X509SvidVerification? Svid { get; private set; }

    /// <summary>Version and cipher of the connection, where the platform knows them before the peer is accepted.</summary>
    public (SslProtocols Version, TlsCipherSuite Cipher)? Negotiated { get; private set; }

    /// <summary>Why the peer is refused; null where it is not.</summary>
    public SpiffeException? Refusal { get; private set; }

    private string Peer => _purpose == SvidPurpose.Server ? "The server" : "The client";

    /// <summary>The verdict for <see cref="SslStream"/>, whose own opinion counts for certificates of the web only.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Negotiated = (sender as SslStream) is { SslProtocol: not SslProtocols.None } ssl ? (ssl.SslProtocol, ssl.NegotiatedCipherSuite) : null;
        if (certificate is null)
        {
            Refusal = NoSvid("it sent no certificate");
            return false;
        }

        X509Certificate2 leaf = (X509Certificate2)certificate;

        // A client finds the leaf here once more.
        X509Certificate2[] rest =
            [.. (chain?.ChainPolicy.ExtraStore ?? []).Where(sent => !sent.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))];
        Chain = [leaf.RawDataMemory, .. rest.Select(sent => sent.RawDataMemory)];
        Refusal = ReferenceEquals(_rule, PeerRule.WebPki) ? FindWebFault(leaf, chain, errors) : Verify(leaf, rest);
        return Refusal is null;
    }

    private SpiffeException? Verify(X509Certificate2 leaf, X509Certificate2[] rest)
    {
        if (!CertificateContent.TryParse(leaf, out CertificateContent? content, out string? fault))
        {
            return NotTrusted($"its certificate is {fault}");
        }

        if (!content.Uris.Any())
        {
            return NoSvid($"its certificate, {content.Describe()}, has no SPIFFE ID");
        }

        Svid = X509SvidVerifier.Verify(
            leaf, rest, _context.Bundles, new X509SvidVerificationOptions { Purpose = _purpose });
        if (Svid.FirstFailure is { } failure)
        {
            return NotTrusted($"{failure}", failure.Target);
        }

        if (!_rule.Allows(Svid.SpiffeId!))
        {
            return new SpiffeException(
                SpiffeErrorReason.PeerNotAuthorized,
                $"{Peer} is '{Svid.SpiffeId}', which the rule does not allow. It allows {_rule}.");
        }

        PeerId = Svid.SpiffeId;
        return null;
    }

    private SpiffeException? FindWebFault(X509Certificate2 leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        string name = Quoted.Text(leaf.Subject);
        return NotTrusted(errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"its certificate, {name}, is not for the host name of the request"
            : $"the platform does not trust its certificate, {name}: {TlsFailure.Describe(chain)}");
    }

    private SpiffeException NoSvid(string finding) => new(
        SpiffeErrorReason.PeerHasNoSvid, $"{Peer} presents no X509-SVID: {finding}. The rule allows {_rule}.");

    private SpiffeException NotTrusted(string finding, string? id = null) => new(
        SpiffeErrorReason.PeerNotTrusted, $"{Peer}{(id is null ? "" : $", which claims to be {Quoted.Text(id)},")} is not trusted: {finding}.");
}
