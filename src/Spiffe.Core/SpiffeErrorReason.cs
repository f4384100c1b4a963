namespace Spiffe;

/// <summary>Why an operation ended without a result. The names are the error ids that users of the cmdlets see.</summary>
public enum SpiffeErrorReason
{
    /// <summary>Neither an argument nor SPIFFE_ENDPOINT_SOCKET says where the Workload API is.</summary>
    EndpointNotConfigured,

    /// <summary>The address breaks a rule of the SPIFFE Workload Endpoint standard, section 4.</summary>
    EndpointInvalid,

    /// <summary>There is no socket or pipe at the address.</summary>
    EndpointNotFound,

    /// <summary>Nothing accepts connections at the address, or the connection was reset.</summary>
    EndpointUnreachable,

    /// <summary>The operating system does not let this account open the socket or pipe.</summary>
    EndpointAccessDenied,

    /// <summary>The Workload API answered PermissionDenied: it has no identity for this process.</summary>
    NoIdentityIssued,

    /// <summary>The Workload API answered Unavailable, or with a fault of its own.</summary>
    AgentUnavailable,

    /// <summary>The Workload API limits how often this caller may ask.</summary>
    RateLimited,

    /// <summary>The Workload API answered InvalidArgument; the same request would be refused again.</summary>
    RequestRejected,

    /// <summary>The Workload API answered Unimplemented: the agent does not offer this profile.</summary>
    ProfileNotSupported,

    /// <summary>The time that the caller allowed has passed.</summary>
    Timeout,

    /// <summary>The peer's answer breaks the Workload API's contract.</summary>
    ResponseInvalid,

    /// <summary>An SVID breaks a rule of its own kind.</summary>
    SvidInvalid,

    /// <summary>The text is not a SPIFFE ID.</summary>
    SpiffeIdInvalid,

    /// <summary>The text is not a trust domain name.</summary>
    TrustDomainInvalid,

    /// <summary>No SVID has the SPIFFE ID that was asked for.</summary>
    SpiffeIdNotFound,

    /// <summary>No SVID has the hint that was asked for.</summary>
    HintNotFound,

    /// <summary>There is no bundle of the trust domain that was asked for.</summary>
    BundleNotFound,

    /// <summary>A bundle document cannot be read, or it cannot be written in the format asked for.</summary>
    BundleInvalid,

    /// <summary>Text is not a token that can be decoded.</summary>
    TokenInvalid,

    /// <summary>There are several SVIDs or bundles, and the target holds one.</summary>
    TooManyForTarget,

    /// <summary>The URL of a bundle endpoint breaks a rule of the SPIFFE Federation standard, section 5.2.</summary>
    BundleEndpointInvalid,

    /// <summary>A bundle endpoint's answer is not a bundle, or is older than the known one, which stays in use.</summary>
    BundleEndpointFailed,

    /// <summary>Parameters do not fit the profile of a bundle endpoint.</summary>
    ProfileMismatch,

    /// <summary>A federation of a development agent has an unknown key, or a value that is missing or of the wrong kind.</summary>
    FederationInvalid,

    /// <summary>The file is there and must not be overwritten.</summary>
    FileExists,

    /// <summary>There is no such file or folder.</summary>
    FileNotFound,

    /// <summary>The file cannot be written; what was there before is unchanged.</summary>
    WriteFailed,

    /// <summary>The file cannot be read.</summary>
    ReadFailed,

    /// <summary>The certificate store may not be changed by this account.</summary>
    StoreAccessDenied,

    /// <summary>This module has installed no such certificate in the store.</summary>
    InstalledSvidNotFound,

    /// <summary>There is no account of that name.</summary>
    AccountNotFound,

    /// <summary>This platform or this version cannot do what was asked.</summary>
    NotSupportedHere,

    /// <summary>The development agent did not start.</summary>
    DevAgentFailed,

    /// <summary>The development agent does not do what an update asks for; it is as it was before.</summary>
    DevAgentRefused,

    /// <summary>No such development agent was started by this process, or it has ended.</summary>
    DevAgentNotFound,

    /// <summary>The peer's certificate breaks a rule, or no authority of its trust domain signed it.</summary>
    PeerNotTrusted,

    /// <summary>The peer proved its identity, and the rule that the caller chose does not allow it.</summary>
    PeerNotAuthorized,

    /// <summary>The peer sent no certificate, or one without a SPIFFE ID.</summary>
    PeerHasNoSvid,

    /// <summary>Nothing accepts connections at the peer's address.</summary>
    PeerUnreachable,

    /// <summary>The TLS handshake did not succeed, or the peer refused this side.</summary>
    TlsHandshakeFailed,

    /// <summary>Parameters of a request do not go together, or one of them cannot be used.</summary>
    RequestInvalid,

    /// <summary>The tunnel cannot listen at its address.</summary>
    TunnelFailed,

    /// <summary>No such tunnel was started by this process, or it was stopped.</summary>
    TunnelNotFound,

    /// <summary>An entry of a development agent has an unknown key, or a value of the wrong kind.</summary>
    EntryInvalid,

    /// <summary>An audience is missing, or it is given for a kind of SVID that has none.</summary>
    AudienceMismatch,

    /// <summary>Parameters do not fit the layout of the files.</summary>
    LayoutMismatch,

    /// <summary>The update has SVIDs of another kind than the command takes.</summary>
    SvidTypeMismatch,

    /// <summary>The user's script had an error that it did not handle.</summary>
    OnInstalledFailed,

    /// <summary>The user's script for exported files had an error that it did not handle.</summary>
    OnExportedFailed,

    /// <summary>The session has an event subscriber of that name already.</summary>
    SubscriberExists,

    /// <summary>A file or a folder holds no SVID that can be read, or its password is another.</summary>
    SvidFileInvalid,

    /// <summary>An SVID from a file has no private key, and one is needed.</summary>
    PrivateKeyMissing,

    /// <summary>The configuration of Invoke-SpiffeHelper breaks a rule.</summary>
    HelperConfigInvalid,

    /// <summary>Another process keeps the files of the folder.</summary>
    HelperRunning,

    /// <summary>The program that uses the files cannot be started or signalled.</summary>
    CommandFailed,

    /// <summary>The health checks cannot be served at their port.</summary>
    HealthListenerFailed,

    /// <summary>The user's script for renewed files had an error that it did not handle, or a service was not restarted.</summary>
    OnRenewedFailed,
}
