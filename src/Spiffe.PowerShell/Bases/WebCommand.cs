using System.Management.Automation;
using System.Net.Sockets;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that make HTTP clients: the rule for servers of the web, and how to connect.</summary>
public abstract class WebCommand : PeerCommand
{
    private protected const int DefaultConnectSec = 15;
    private const int MaxRedirects = 1000;

    [Parameter(Mandatory = true, ParameterSetName = WebPkiSet)]
    public SwitchParameter WebPki { get; set; }

    [Parameter]
    public SwitchParameter NoClientCertificate { get; set; }

    [Parameter]
    [ValidateRange(0, MaxRedirects)]
    [NotAFile]
    public int MaximumRedirection { get; set; } = 5;

    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    [NotAFile]
    public int ConnectionTimeoutSeconds { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? UnixSocket { get; set; }

    private protected override bool ShowsNoSvid => NoClientCertificate;

    private protected override PeerRule Rule => ParameterSetName == WebPkiSet && WebPki ? PeerRule.WebPki : base.Rule;

    private protected SpiffeHttpOptions CreateOptions() => new()
    {
        MaximumRedirection = MaximumRedirection,
        ConnectTimeout = TimeSpan.FromSeconds(ConnectionTimeoutSeconds > 0 ? ConnectionTimeoutSeconds : DefaultConnectSec),
        UnixSocketPath = UnixSocket is null ? null : ReadSocketPath(UnixSocket),
    };

    private string ReadSocketPath(string text)
    {
        string path = ResolvePath(text, SpiffeErrorReason.RequestInvalid);
        try
        {
            return new UnixDomainSocketEndPoint(path).ToString();
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, $"-UnixSocket is {Quoted.Text(path)}, which is too long for the path of a socket.", exception);
        }
    }
}
