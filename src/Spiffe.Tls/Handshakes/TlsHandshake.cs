using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>TLS handshakes in which the peer is authenticated by its X509-SVID and authorised by a rule.</summary>
/// <remarks>
/// TLS 1.2 and later, and never a resumed session: the peer of one is not verified anew. Host names play no part. The
/// platform neither judges a certificate nor downloads anything for it.
/// </remarks>
public static class TlsHandshake
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The client's side. Nothing of the application is sent before the server is authorised.</summary>
    /// <remarks>
    /// With TLS 1.3 the server judges the client's SVID after the client's handshake is done: its refusal shows when the
    /// connection is read from, and <see cref="TlsFailure.Explain"/> makes an error of it.
    /// </remarks>
    /// <param name="stream">The way to the server; it is closed where the handshake does not succeed.</param>
    /// <param name="context">The SVID to show and the bundles to verify with.</param>
    /// <param name="rule">Which servers to talk to.</param>
    /// <param name="options">Host name, application protocols and time; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the handshake.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.PeerNotTrusted"/>, <see cref="SpiffeErrorReason.PeerHasNoSvid"/>,
    /// <see cref="SpiffeErrorReason.PeerNotAuthorized"/> or <see cref="SpiffeErrorReason.TlsHandshakeFailed"/>.
    /// </exception>
    public static async Task<TlsConnection> ConnectAsync(
        Stream stream, X509Context context, PeerRule rule, TlsOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(rule);
        PeerVerification peer = new(context, rule, SvidPurpose.Server);
        return await ConnectAsync(stream, context, peer, rule, options ?? new TlsOptions(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The server's side. A client must show an X509-SVID.</summary>
    /// <param name="stream">The way to the client; it is closed where the handshake does not succeed.</param>
    /// <param name="context">The SVID to show and the bundles to verify with.</param>
    /// <param name="rule">Which clients to let in; a certificate of the web identifies none.</param>
    /// <param name="options">Application protocols and time; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the handshake.</param>
    /// <exception cref="SpiffeException">As for the client's side.</exception>
    public static async Task<TlsConnection> AcceptAsync(
        Stream stream, X509Context context, PeerRule rule, TlsOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        RequireServerRule(rule);
        options ??= new TlsOptions();
        PeerVerification peer = new(context, rule, SvidPurpose.Client);
        using TlsCredential.Loan credential = BorrowServerCredential(context);
        SslServerAuthenticationOptions authentication = CreateServerOptions(credential, peer, options);
        return await AuthenticateAsync(
            stream, context, peer, options, (ssl, token) => ssl.AuthenticateAsServerAsync(authentication, token), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>A server's options for who makes the handshake elsewhere, as Kestrel does; good for one handshake.</summary>
    /// <param name="context">The SVID to show and the bundles to verify with.</param>
    /// <param name="rule">Which clients to let in; null to ask for no certificate, as a bundle endpoint does.</param>
    /// <param name="options">Application protocols; null for none.</param>
    public static SslServerAuthenticationOptions CreateServerOptions(X509Context context, PeerRule? rule, TlsOptions? options)
    {
        ArgumentNullException.ThrowIfNull(context);
        PeerVerification? peer = null;
        if (rule is not null)
        {
            RequireServerRule(rule);
            peer = new PeerVerification(context, rule, SvidPurpose.Client);
        }

        using TlsCredential.Loan credential = BorrowServerCredential(context);
        return CreateServerOptions(credential, peer, options ?? new TlsOptions());
    }

    /// <summary>As the public one, for a caller who wants to know what was verified.</summary>
    internal static async Task<TlsConnection> ConnectAsync(
        Stream stream,
        X509Context context,
        PeerVerification peer,
        PeerRule rule,
        TlsOptions options,
        CancellationToken cancellationToken)
    {
        using TlsCredential.Loan? credential = context.BorrowCredential();
        SslClientAuthenticationOptions authentication = new()
        {
            TargetHost = options.TargetHost,
            ClientCertificateContext = credential?.Context,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            ApplicationProtocols = ListProtocols(options),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = ReferenceEquals(rule, PeerRule.WebPki) ? null : CreateIdlePolicy(),
            RemoteCertificateValidationCallback = peer.Accepts,
        };
        return await AuthenticateAsync(
            stream, context, peer, options, (ssl, token) => ssl.AuthenticateAsClientAsync(authentication, token), cancellationToken)
            .ConfigureAwait(false);
    }

    private static async Task<TlsConnection> AuthenticateAsync(
        Stream stream,
        X509Context context,
        PeerVerification peer,
        TlsOptions options,
        Func<SslStream, CancellationToken, Task> authenticateAsync,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(options.Timeout);
        SslStream ssl = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await authenticateAsync(ssl, impatience.Token).ConfigureAwait(false);
            return new TlsConnection(ssl, peer, context);
        }
        catch (Exception exception)
        {
            await ssl.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw exception switch
            {
                _ when peer.Refusal is { } refusal => new SpiffeException(refusal.Reason, refusal.Message, exception),
                OperationCanceledException => TlsFailure.Create(
                    $"the peer did not complete it within {options.Timeout.TotalSeconds} s", exception),
                AuthenticationException or IOException or CryptographicException =>
                    TlsFailure.Create(TlsFailure.Describe(exception), exception),
                _ => exception,
            };
        }
    }

    private static SslServerAuthenticationOptions CreateServerOptions(
        TlsCredential.Loan credential, PeerVerification? peer, TlsOptions options) => new()
        {
            ServerCertificateContext = credential.Context,
            ClientCertificateRequired = peer is not null,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            ApplicationProtocols = ListProtocols(options),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = CreateIdlePolicy(),
            RemoteCertificateValidationCallback = peer is null ? null : peer.Accepts,
        };

    private static TlsCredential.Loan BorrowServerCredential(X509Context context) => context.BorrowCredential() ??
        throw new ArgumentException("A server must present an SVID, and the context has none.", nameof(context));

    private static void RequireServerRule(PeerRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (ReferenceEquals(rule, PeerRule.WebPki))
        {
            throw new ArgumentException("A web certificate does not identify a client.", nameof(rule));
        }
    }

    private static List<SslApplicationProtocol>? ListProtocols(TlsOptions options) =>
        options.ApplicationProtocols.Count > 0 ? [.. options.ApplicationProtocols] : null;

    /// <summary>The platform builds a chain in any case. This keeps it from the network, and it has no anchors to find.</summary>
    private static X509ChainPolicy CreateIdlePolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };
}
