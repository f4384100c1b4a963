using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What a reason becomes for the user: error id (its name), category, and what to do about it.</summary>
internal static class ErrorTable
{
    public static ErrorRecord CreateRecord(SpiffeException exception, object? target)
    {
        (ErrorCategory category, string recommendation) = Describe(exception.Reason);
        return new ErrorRecord(exception, exception.Reason.ToString(), category, target)
        {
            ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = recommendation },
        };
    }

    /// <summary>What to do about it.</summary>
    public static string Recommend(SpiffeErrorReason reason) => Describe(reason).Recommendation;

    private static (ErrorCategory Category, string Recommendation) Describe(SpiffeErrorReason reason) => reason switch
    {
        SpiffeErrorReason.EndpointNotConfigured => (ErrorCategory.InvalidOperation,
            "Give -Endpoint 'unix:///path/to/agent.sock', or set $env:SPIFFE_ENDPOINT_SOCKET to it."),
        SpiffeErrorReason.EndpointInvalid => (ErrorCategory.InvalidArgument,
            "Give an address such as 'unix:///run/spire/agent.sock', or the absolute path of the socket; or 'tcp://IP:port', 'npipe:name'."),
        SpiffeErrorReason.EndpointNotFound => (ErrorCategory.ObjectNotFound,
            "Check that the agent is running and that it listens under this very path or name."),
        SpiffeErrorReason.EndpointUnreachable => (ErrorCategory.ConnectionError,
            "Check that the agent is running; a socket file may have been left behind by one that is gone. Test-SpiffeWorkloadApi -Detailed shows how far the way goes."),
        SpiffeErrorReason.EndpointAccessDenied => (ErrorCategory.PermissionDenied,
            "Check the mode of the socket and of the folders above it, or the pipe's access list; or use an account that may open it."),
        SpiffeErrorReason.NoIdentityIssued => (ErrorCategory.PermissionDenied,
            "Check that a registration entry selects this process. New entries take some seconds to arrive; Wait-SpiffeSvid waits for them."),
        SpiffeErrorReason.AgentUnavailable => (ErrorCategory.ResourceUnavailable,
            "The agent may be starting or overloaded. Try again, or let Wait-SpiffeSvid wait for it."),
        SpiffeErrorReason.RateLimited => (ErrorCategory.LimitsExceeded,
            "Ask less often; Watch-SpiffeSvid is told of every change and asks only once."),
        SpiffeErrorReason.RequestRejected => (ErrorCategory.InvalidArgument,
            "Correct what the agent names; the same request would be rejected again."),
        SpiffeErrorReason.ProfileNotSupported => (ErrorCategory.NotImplemented,
            "This agent does without that profile. Ask its operator, or use the other kind of SVID."),
        SpiffeErrorReason.Timeout => (ErrorCategory.OperationTimeout,
            "Check that the agent is well, or allow more time with -TimeoutSec."),
        SpiffeErrorReason.ResponseInvalid => (ErrorCategory.InvalidData,
            "Check that the endpoint is a SPIFFE Workload API. If it is, report the message to the agent's operator."),
        SpiffeErrorReason.SvidInvalid => (ErrorCategory.SecurityError,
            "Do not use this SVID. Report the message to whoever issued it."),
        SpiffeErrorReason.SpiffeIdInvalid => (ErrorCategory.InvalidArgument,
            "Give an ID such as 'spiffe://example.org/web'."),
        SpiffeErrorReason.TrustDomainInvalid => (ErrorCategory.InvalidArgument,
            "Give a trust domain's name, such as 'example.org'."),
        SpiffeErrorReason.SpiffeIdNotFound => (ErrorCategory.ObjectNotFound,
            "Choose one of the IDs that the message lists, or have an entry registered for this process."),
        SpiffeErrorReason.HintNotFound => (ErrorCategory.ObjectNotFound,
            "Choose one of the hints that the message lists, or have the entry's hint set."),
        SpiffeErrorReason.BundleNotFound => (ErrorCategory.ObjectNotFound,
            "Choose one of the trust domains that the message lists, or have the federation set up."),
        SpiffeErrorReason.BundleInvalid => (ErrorCategory.InvalidData,
            "Correct what the message names, or choose another format or another bundle."),
        SpiffeErrorReason.TokenInvalid => (ErrorCategory.InvalidData,
            "Give the whole token: three parts in base64url, separated by dots."),
        SpiffeErrorReason.TooManyForTarget => (ErrorCategory.InvalidArgument,
            "Choose one with -SpiffeId, -Hint or -TrustDomain, or give a layout, a format or a folder that holds several."),
        SpiffeErrorReason.FileExists => (ErrorCategory.ResourceExists,
            "Choose another path, or leave -NoClobber away."),
        SpiffeErrorReason.FileNotFound => (ErrorCategory.ObjectNotFound,
            "Check the path; folders are not created."),
        SpiffeErrorReason.WriteFailed => (ErrorCategory.WriteError,
            "Check the path that the message names: its folder, the permissions, the space left. A file that was there is unchanged."),
        SpiffeErrorReason.ReadFailed => (ErrorCategory.ReadError,
            "Check the file and its permissions."),
        SpiffeErrorReason.StoreAccessDenied => (ErrorCategory.PermissionDenied,
            "For a store of the machine, run elevated. For one of the current user, give the folder that the message names to that account, or set HOME to a folder of its own."),
        SpiffeErrorReason.InstalledSvidNotFound => (ErrorCategory.ObjectNotFound,
            "Get-SpiffeInstalledSvid lists what this module has installed; what others put into a store is theirs to remove."),
        SpiffeErrorReason.AccountNotFound => (ErrorCategory.ObjectNotFound,
            @"Give an account that this machine knows: on Unix a name or a number, on Windows a name such as 'IIS AppPool\Web' or a SID."),
        SpiffeErrorReason.NotSupportedHere => (ErrorCategory.NotImplemented,
            "See 'Get-Help about_Spiffe' for what works where."),
        SpiffeErrorReason.DevAgentFailed => (ErrorCategory.OpenError,
            "Correct what the message names, then start the development agent again."),
        SpiffeErrorReason.DevAgentRefused => (ErrorCategory.InvalidArgument,
            "Correct what the message names; nothing of the update was done."),
        SpiffeErrorReason.DevAgentNotFound => (ErrorCategory.ObjectNotFound,
            "Get-SpiffeDevAgent lists the agents that this PowerShell process started and that still run. Start-SpiffeDevAgent starts one."),
        SpiffeErrorReason.PeerNotTrusted => (ErrorCategory.SecurityError,
            "Do not talk to this peer before its certificate is in order. Test-SpiffeTlsConnection -Detailed shows every rule; a foreign trust domain must be federated with."),
        SpiffeErrorReason.PeerNotAuthorized => (ErrorCategory.PermissionDenied,
            "If this peer is the right one, allow it with -AllowSpiffeId or -AllowTrustDomain; if not, correct the address."),
        SpiffeErrorReason.PeerHasNoSvid => (ErrorCategory.SecurityError,
            "Check that the address is that of a workload with an SVID. A server with a certificate of the web is asked with -WebPki."),
        SpiffeErrorReason.PeerUnreachable => (ErrorCategory.ConnectionError,
            "Check the host name and the port, and that the peer is running; a firewall may be in between."),
        SpiffeErrorReason.TlsHandshakeFailed => (ErrorCategory.ConnectionError,
            "Check that the peer speaks TLS 1.2 or later, and whom it allows; its log says why. Test-SpiffeTlsConnection -Detailed shows how far it goes."),
        SpiffeErrorReason.EntryInvalid => (ErrorCategory.InvalidArgument,
            "Give entries such as @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }."),
        SpiffeErrorReason.AudienceMismatch => (ErrorCategory.InvalidArgument,
            "Give -Audience with -Type Jwt, and only with it."),
        SpiffeErrorReason.LayoutMismatch => (ErrorCategory.InvalidArgument,
            "Give -Password with the layout Pfx, and each layout only the names that it uses."),
        SpiffeErrorReason.SvidTypeMismatch => (ErrorCategory.InvalidArgument,
            "Use Watch-SpiffeSvid -Type X509."),
        SpiffeErrorReason.OnInstalledFailed => (ErrorCategory.InvalidResult,
            "Correct the script. It runs again with the next update, or when the same SVID is installed again."),
        _ => (ErrorCategory.InvalidResult, "Report this; it is a fault of the module."),
    };
}
