using System.Net;
using System.Net.Sockets;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>Checks a bundle endpoint step by step, and describes what each step found.</summary>
internal sealed class BundleEndpointDiagnosis
{
    private readonly BundleEndpoint _endpoint;
    private readonly Func<SpiffeBundle?> _findEndpointBundle;
    private readonly CancellationToken _cancellationToken;
    private readonly List<DiagnosisStep> _steps = [];

    public BundleEndpointDiagnosis(
        BundleEndpoint endpoint, Func<SpiffeBundle?> findEndpointBundle, CancellationToken cancellationToken)
    {
        _endpoint = endpoint;
        _findEndpointBundle = findEndpointBundle;
        _cancellationToken = cancellationToken;
    }

    private string Host => _endpoint.Uri.IdnHost;

    /// <summary>All steps behind the URL.</summary>
    public async Task<IReadOnlyList<DiagnosisStep>> RunAsync()
    {
        if (!await ResolveAsync().ConfigureAwait(false) || !await ConnectAsync().ConfigureAwait(false))
        {
            return Skip("Name", "Connect", "TLS", "Identity", "Status", "Content", "TrustDomain", "Keys", "Sequence", "RefreshHint");
        }

        SpiffeBundle? known = FindBundle();
        BundleResponse? response = await AskAsync(known).ConfigureAwait(false);
        SpiffeBundle? bundle = response is null ? null : Read(response);
        if (bundle is not null)
        {
            _steps.AddRange(BundleChecks.Run(bundle, _endpoint.IsSelfServing ? known : null));
        }

        return Skip("TLS", "Identity", "Status", "Content", "TrustDomain", "Keys", "Sequence", "RefreshHint");
    }

    private async Task<bool> ResolveAsync()
    {
        const string Step = "Name";
        if (IPAddress.TryParse(Host, out _))
        {
            return Pass(Step, $"{Host} is an address already.");
        }

        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(Host, _cancellationToken).ConfigureAwait(false);
            return Pass(Step, $"{Host} is {string.Join(", ", addresses.Select(address => address.ToString()))}.");
        }
        catch (SocketException exception)
        {
            return Fail(Step, $"{Host} has no address: {exception.Message.TrimEnd('.')}.", "Check the host name in the URL, and name resolution.");
        }
    }

    private async Task<bool> ConnectAsync()
    {
        const string Step = "Connect";
        const string Advice = "Check the port, and that the endpoint is running; a firewall may be in between.";
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken);
        impatience.CancelAfter(BundleRequest.ConnectTimeout);
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(Host, _endpoint.Uri.Port), impatience.Token).ConfigureAwait(false);
            return Pass(Step, $"Port {_endpoint.Uri.Port} accepts connections.");
        }
        catch (SocketException exception)
        {
            return Fail(Step, $"Port {_endpoint.Uri.Port} accepts no connections: {exception.Message.TrimEnd('.')}.", Advice);
        }
        catch (OperationCanceledException) when (!_cancellationToken.IsCancellationRequested)
        {
            return Fail(Step, $"Port {_endpoint.Uri.Port} did not answer within {BundleRequest.ConnectTimeout.TotalSeconds} s.", Advice);
        }
    }

    private SpiffeBundle? FindBundle()
    {
        if (_endpoint.EndpointSpiffeId is not { } id)
        {
            return null;
        }

        try
        {
            if (_findEndpointBundle() is { } bundle && bundle.TrustDomain == id.TrustDomain)
            {
                return bundle;
            }

            Fail(
                "Identity",
                $"The bundle that was given is not of '{id.TrustDomain}', the trust domain of the endpoint '{id}'.",
                "Use the bundle of the endpoint's own trust domain.");
        }
        catch (SpiffeException exception)
        {
            Fail("Identity", exception.Message, ErrorTable.Recommend(exception.Reason));
        }

        return null;
    }

    /// <summary>TLS, identity and the answer. Where the bundle to verify with is missing, nothing is asked.</summary>
    private async Task<BundleResponse?> AskAsync(SpiffeBundle? known)
    {
        if (_endpoint.EndpointSpiffeId is not null && known is null)
        {
            return null;
        }

        try
        {
            BundleResponse response = await BundleRequest.SendAsync(_endpoint, known, known: null, _cancellationToken).ConfigureAwait(false);
            PassHandshake();
            return response;
        }
        catch (SpiffeException exception)
        {
            FailRequest(exception);
            return null;
        }
    }

    private void PassHandshake()
    {
        Pass("TLS", "The connection uses TLS 1.2 or later.");
        Pass("Identity", _endpoint.EndpointSpiffeId is { } id
            ? $"The server is '{id}'."
            : $"The server has a trusted web certificate for {Host}.");
    }

    private void FailRequest(SpiffeException exception)
    {
        switch (exception.Reason)
        {
            case SpiffeErrorReason.TlsHandshakeFailed or SpiffeErrorReason.PeerUnreachable:
                Fail("TLS", exception.Message, "Check that the URL is that of an https server, and its log.");
                break;
            case SpiffeErrorReason.BundleEndpointFailed:
                PassHandshake();
                Fail("Status", exception.Message, "Look at the endpoint's log, and check the path of the URL.");
                break;
            default:
                Pass("TLS", "The server uses TLS and presents a certificate.");
                Fail("Identity", exception.Message, AdviseOnIdentity(exception.Reason));
                break;
        }
    }

    private string AdviseOnIdentity(SpiffeErrorReason reason) => (_endpoint.Profile, reason) switch
    {
        (BundleEndpointProfile.HttpsWeb, _) =>
            "For a private web CA, pass its certificate to -CaCertificate; a server with an X509-SVID needs -Profile HttpsSpiffe.",
        (_, SpiffeErrorReason.PeerNotAuthorized) => "Ask the other side for the endpoint's SPIFFE ID, and pass it to -EndpointSpiffeId.",
        (_, SpiffeErrorReason.PeerHasNoSvid) => "A server with a web certificate needs -Profile HttpsWeb.",
        _ => "Get the newest bundle of the endpoint's trust domain over a channel that you trust, and pass it to -Bundle.",
    };

    private SpiffeBundle? Read(BundleResponse response)
    {
        string from = response.Uri == _endpoint.Uri ? string.Empty : $", redirected to {response.Uri}";
        if (response.Status != HttpStatusCode.OK)
        {
            Fail(
                "Status",
                $"The status is {(int)response.Status}{from}; expected 200.",
                "Look at the endpoint's log, and check the path of the URL.");
            return null;
        }

        Pass("Status", $"The status is 200{from}.");
        try
        {
            SpiffeBundle bundle = response.ReadBundle(_endpoint.TrustDomain);
            string finding = $"A bundle document of {response.Content.Length} bytes, of type {response.ContentType ?? "none"}.";
            if (response.ContentType == "application/json")
            {
                Pass("Content", finding);
            }
            else
            {
                _steps.Add(new DiagnosisStep(
                    "Content", StepOutcome.Warned, finding, "The server should call it application/json; clients must not depend on it."));
            }

            return bundle;
        }
        catch (SpiffeException exception)
        {
            Fail("Content", exception.Message, "Check that the URL leads to a SPIFFE bundle, not to a web page or a plain JWK Set.");
            return null;
        }
    }

    private bool Pass(string step, string finding)
    {
        _steps.Add(new DiagnosisStep(step, StepOutcome.Passed, finding));
        return true;
    }

    private bool Fail(string step, string finding, string advice)
    {
        _steps.Add(new DiagnosisStep(step, StepOutcome.Failed, finding, advice));
        return false;
    }

    /// <summary>All steps in their order; those that were not reached are skipped.</summary>
    private List<DiagnosisStep> Skip(params string[] names)
    {
        foreach (string name in names.Where(name => !_steps.Exists(step => step.Step == name)))
        {
            _steps.Add(new DiagnosisStep(name, StepOutcome.Skipped, "Not tried, because an earlier step failed."));
        }

        return _steps;
    }
}
