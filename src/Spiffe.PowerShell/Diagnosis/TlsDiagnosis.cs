using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>Checks a TLS peer step by step: who answers, whether it would be allowed, and whether it accepts this side.</summary>
internal sealed class TlsDiagnosis
{
    // What a server of TLS 1.3 thinks of a client shows after the handshake, and only where it is nothing good.
    private static readonly TimeSpan s_verdict = TimeSpan.FromMilliseconds(500);

    private readonly X509Source _source;
    private readonly PeerRule _rule;
    private readonly CancellationToken _cancellationToken;
    private readonly List<DiagnosisStep> _steps = [];

    public TlsDiagnosis(X509Source source, PeerRule rule, CancellationToken cancellationToken)
    {
        _source = source;
        _rule = rule;
        _cancellationToken = cancellationToken;
    }

    /// <summary>All steps; the first that fails is the last, but for those that verify the certificate.</summary>
    public async Task<IReadOnlyList<DiagnosisStep>> RunAsync(string text)
    {
        string step = "Address";
        try
        {
            DnsEndPoint address = PeerAddress.Parse(text);
            step = "Identity";
            X509Context context = await _source.GetAsync(_cancellationToken).ConfigureAwait(false);
            Pass(step, context.Svid is { } svid ? $"This side presents '{svid}', valid for another {Duration.Describe(svid.ExpiresIn)}." : "This side presents no identity.");
            step = "Name";
            IPAddress[] found = await ResolveAsync(address.Host).ConfigureAwait(false);
            step = "TCP";
            Stream stream = await ConnectAsync(found, address.Port).ConfigureAwait(false);
            step = "TLS";
            await ShakeAsync(stream, context, address.Host).ConfigureAwait(false);
        }
        catch (SpiffeException exception)
        {
            Fail(step, exception.Message, exception.Reason);
        }
        catch (OperationCanceledException)
        {
            Fail(step, "No answer came in time.", SpiffeErrorReason.Timeout);
        }

        return _steps;
    }

    private async Task<IPAddress[]> ResolveAsync(string host)
    {
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(host, _cancellationToken).ConfigureAwait(false);
            Pass("Name", string.Join(", ", found.Select(address => address.ToString())) + ".");
            return found;
        }
        catch (SocketException exception)
        {
            throw new SpiffeException(SpiffeErrorReason.PeerUnreachable, $"The name {Quoted.Text(host)} cannot be resolved: {exception.Message}.", exception);
        }
    }

    private async Task<Stream> ConnectAsync(IPAddress[] addresses, int port)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        long start = Stopwatch.GetTimestamp();
        try
        {
            await socket.ConnectAsync(addresses, port, _cancellationToken).ConfigureAwait(false);
            Pass("TCP", $"Connected to {socket.RemoteEndPoint} in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms.");
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new SpiffeException(SpiffeErrorReason.PeerUnreachable, $"Port {port} does not answer: {exception.Message}.", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ShakeAsync(Stream stream, X509Context context, string host)
    {
        PeerVerification peer = new(context, _rule, SvidPurpose.Server);
        try
        {
            TlsConnection connection = await TlsHandshake.ConnectAsync(
                stream, context, peer, _rule, new TlsOptions { TargetHost = host }, _cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                Explain(peer);
                Pass("Authorisation", $"The rule allows it: {_rule}.");
                await JudgeAsync(connection).ConfigureAwait(false);
            }
        }
        catch (SpiffeException exception) when (peer.Refusal is not null)
        {
            Explain(peer);
            bool isVerified = peer.Svid is { Valid: true };
            if (peer.Svid is null || isVerified)
            {
                Fail(isVerified ? "Authorisation" : "Peer", exception.Message, exception.Reason);
            }
        }
    }

    private void Explain(PeerVerification peer)
    {
        Pass("TLS", peer.Negotiated is { } negotiated ? $"{negotiated.Version}, {negotiated.Cipher}." : "The handshake succeeded.");
        X509Certificate2[] chain = [.. peer.Chain.Select(der => X509CertificateLoader.LoadCertificate(der.Span))];
        Pass("Chain", $"The server sent {chain.Length} certificate(s): {string.Join(" < ", chain.Select(sent => Quoted.Text(sent.Subject)))}.");
        if (peer.Svid is not { } svid)
        {
            return;
        }

        Pass("Peer", $"The certificate names {Quoted.Text(svid.Checks[0].Target)}.");
        foreach (VerificationCheck check in svid.Checks)
        {
            _steps.Add(new DiagnosisStep(
                check.Check,
                check.Result switch
                {
                    CheckResult.Passed => StepOutcome.Passed,
                    CheckResult.Warning => StepOutcome.Warned,
                    _ => StepOutcome.Failed,
                },
                $"{check.Finding}.",
                check.Result == CheckResult.Failed ? ErrorTable.Recommend(SpiffeErrorReason.PeerNotTrusted) : null));
        }

        _steps.Add(CheckExpiry(chain[0].ValidUntil - DateTimeOffset.UtcNow, chain[0].ValidUntil - chain[0].ValidFrom));
    }

    private static DiagnosisStep CheckExpiry(TimeSpan left, TimeSpan life) => left < life / 4
        ? new DiagnosisStep("Expiry", StepOutcome.Warned, $"The server's SVID has {Duration.Describe(left)} left of {Duration.Describe(life)}.", "It should have been renewed halfway through its lifetime; look at the log of the server's agent.")
        : new DiagnosisStep("Expiry", StepOutcome.Passed, $"The server's SVID is valid for another {Duration.Describe(left)}.");

    private async Task JudgeAsync(TlsConnection connection)
    {
        const string Step = "Admission";
        using CancellationTokenSource pause = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken);
        pause.CancelAfter(s_verdict);
        try
        {
            if (await connection.Stream.ReadAsync(new byte[1], pause.Token).ConfigureAwait(false) > 0)
            {
                Pass(Step, "The server keeps the connection, and has already sent data.");
                return;
            }

            Fail(Step, "The server closed the connection after the handshake.", SpiffeErrorReason.TlsHandshakeFailed);
        }
        catch (OperationCanceledException)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            Pass(Step, $"The server kept the connection for {s_verdict.TotalSeconds} s: it did not refuse this side.");
        }
        catch (IOException exception)
        {
            Fail(Step, TlsFailure.Explain(exception)?.Message ?? exception.Message, SpiffeErrorReason.TlsHandshakeFailed);
        }
    }

    private void Pass(string step, string finding) => _steps.Add(new DiagnosisStep(step, StepOutcome.Passed, finding));

    private void Fail(string step, string finding, SpiffeErrorReason reason) =>
        _steps.Add(new DiagnosisStep(step, StepOutcome.Failed, finding, ErrorTable.Recommend(reason)));
}
