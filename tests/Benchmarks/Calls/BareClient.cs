using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Spiffe.Protocol;

namespace Spiffe.Benchmarks.Calls;

/// <summary>The generated client and a channel, with nothing of the module in between: what it is compared with.</summary>
internal sealed class BareClient : IDisposable
{
    private static readonly Metadata s_headers = new() { { "workload.spiffe.io", "true" } };

    private readonly GrpcChannel _channel;
    private readonly SpiffeWorkloadAPI.SpiffeWorkloadAPIClient _client;

    public BareClient(string socketPath)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        _channel = GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null });
        _client = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(_channel);
    }

    /// <summary>The first message of the stream.</summary>
    public async Task<X509SVIDResponse> FetchX509Async()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = _client.FetchX509SVID(new X509SVIDRequest(), s_headers);
        await call.ResponseStream.MoveNext(CancellationToken.None);
        return call.ResponseStream.Current;
    }

    public async Task<JWTSVIDResponse> FetchJwtAsync(string audience) =>
        await _client.FetchJWTSVIDAsync(new JWTSVIDRequest { Audience = { audience } }, s_headers);

    public async Task<ValidateJWTSVIDResponse> ValidateJwtAsync(string token, string audience) =>
        await _client.ValidateJWTSVIDAsync(new ValidateJWTSVIDRequest { Svid = token, Audience = audience }, s_headers);

    /// <summary>Reads until cancelled or the agent ends the stream.</summary>
    public async Task ReadAsync(Action<X509SVIDResponse> take, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call =
            _client.FetchX509SVID(new X509SVIDRequest(), s_headers, cancellationToken: cancellationToken);
        try
        {
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                take(call.ResponseStream.Current);
            }
        }
        catch (RpcException exception) when (cancellationToken.IsCancellationRequested && exception.StatusCode == StatusCode.Cancelled)
        {
            // That was the end of the measurement.
        }
    }

    /// <summary>What everybody who uses the message has to do at the least: certificate, bundle and key in one piece.</summary>
    public static void Parse(X509SVIDResponse message)
    {
        foreach (X509SVID svid in message.Svids)
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(svid.X509Svid.Span);
            using ECDsa key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(svid.X509SvidKey.Span, out _);
            using X509Certificate2 whole = certificate.CopyWithPrivateKey(key);
            using X509Certificate2 authority = X509CertificateLoader.LoadCertificate(svid.Bundle.Span);
        }
    }

    public void Dispose() => _channel.Dispose();
}
