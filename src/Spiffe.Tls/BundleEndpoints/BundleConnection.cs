using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>Connections to a bundle endpoint, with the server authenticated as the profile has it (Federation, section 5.2).</summary>
internal sealed class BundleConnection
{
    private readonly BundleEndpoint _endpoint;
    private readonly X509Context? _context;
    private string? _webFault;

    /// <param name="endpoint">Where to connect to.</param>
    /// <param name="endpointBundle">What the server is verified with; null for a server of the web.</param>
    public BundleConnection(BundleEndpoint endpoint, SpiffeBundle? endpointBundle)
    {
        _endpoint = endpoint;
        if (endpoint.Profile == BundleEndpointProfile.HttpsSpiffe)
        {
            ArgumentNullException.ThrowIfNull(endpointBundle);
            _context = new X509Context(svid: null, [endpointBundle]);
        }
    }

    /// <summary>Whether the server that the current request goes to is authenticated.</summary>
    public bool IsAuthenticated { get; private set; }

    /// <summary>The next request needs a connection of its own.</summary>
    public void BeginRequest() => IsAuthenticated = false;

    public SocketsHttpHandler CreateHandler()
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = BundleRequest.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.Zero,
            PlaintextStreamFilter = NoteAuthentication,

            // Behind a proxy's connection the host name still counts; an X509-SVID is expected at the address itself.
            UseProxy = _context is null && !_endpoint.Uri.IsLoopback,
        };
        if (_context is not null)
        {
            handler.ConnectCallback = ConnectAsync;
            return handler;
        }

        handler.SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = CreateWebPolicy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => AcceptsWeb(certificate, chain, errors),
        };
        return handler;
    }

    /// <summary>What an exception of the connection means.</summary>
    public SpiffeException Explain(Exception exception, Uri uri)
    {
        if (_webFault is { } fault)
        {
            return new SpiffeException(
                SpiffeErrorReason.PeerNotTrusted, $"The bundle endpoint {uri} is not trusted: {fault}.", exception);
        }

        return TlsFailure.Explain(exception) ?? (FindSocketFault(exception) is { } unreachable ? Unreachable(uri, unreachable, exception)
            : IsAuthenticated ? BundleRequest.Failed(uri, $"broke off: {Quoted.Line(exception.Message).TrimEnd('.')}", exception)
            : TlsFailure.Create(TlsFailure.Describe(exception), exception));
    }

    /// <summary>What it means that time is up.</summary>
    public SpiffeException ExplainDelay(Uri uri, TimeSpan patience, Exception exception) => IsAuthenticated
        ? BundleRequest.Failed(uri, $"did not answer within {patience.TotalSeconds} s", exception)
        : Unreachable(uri, $"there was no TLS connection within {patience.TotalSeconds} s", exception);

    private static SpiffeException Unreachable(Uri uri, string fault, Exception exception) =>
        new(SpiffeErrorReason.PeerUnreachable, $"The bundle endpoint {uri} cannot be reached: {fault}.", exception);

    private static string? FindSocketFault(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException { SocketErrorCode: not SocketError.ConnectionReset } socket)
            {
                return socket.Message.TrimEnd('.');
            }
        }

        return exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
            ? exception.Message.TrimEnd('.')
            : null;
    }

    private X509ChainPolicy? CreateWebPolicy()
    {
        if (_endpoint.WebAuthorities is null)
        {
            return null;
        }

        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_endpoint.WebAuthorities.ToArray());
        return policy;
    }

    /// <summary>RFC 6125: a locally trusted authority, and the name of the host (section 5.2.1.4).</summary>
    private bool AcceptsWeb(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        string name = Quoted.Text(certificate?.Subject ?? string.Empty);
        _webFault = errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "it shows no certificate"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? $"its certificate {name} is not for the host name of the URL"
            : $"its certificate {name} does not lead to a trusted authority: {TlsFailure.Describe(chain)}";
        return false;
    }

    /// <summary>The connection is ready for the request. To ask a proxy for one is not it.</summary>
    private ValueTask<Stream> NoteAuthentication(SocketsHttpPlaintextStreamFilterContext connection, CancellationToken cancellationToken)
    {
        IsAuthenticated |= connection.PlaintextStream is SslStream && connection.InitialRequestMessage.Method != HttpMethod.Connect;
        return ValueTask.FromResult(connection.PlaintextStream);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext connection, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(connection.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        // The host name is sent for servers of several names; it has no part in the verification.
        TlsOptions options = new() { TargetHost = connection.DnsEndPoint.Host, Timeout = BundleRequest.ConnectTimeout };
        TlsConnection made = await TlsHandshake.ConnectAsync(
            new NetworkStream(socket, ownsSocket: true),
            _context!,
            PeerRule.AllowSpiffeIds(_endpoint.EndpointSpiffeId!),
            options,
            cancellationToken).ConfigureAwait(false);
        return made.Stream;
    }
}
