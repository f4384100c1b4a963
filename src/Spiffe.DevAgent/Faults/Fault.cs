namespace Spiffe.DevAgent;

/// <summary>What the agent does wrong on purpose, so that clients can be tested; the names of <c>-Fault</c>, explained there.</summary>
internal enum Fault
{
    // Of the call or the connection.
    Unavailable,
    PermissionDenied,
    RateLimited,
    Hang,
    CloseStream,
    DropConnection,

    // Of the message: a mandatory field is absent (Workload API, section 4.5).
    NoSvids,
    NoSpiffeId,
    NoCertificate,
    NoKey,
    NoBundle,
    NoToken,
    NoBundles,
    NoClaims,

    // Of the message: a field is there and wrong (section 5.1).
    WrongSpiffeId,
    BrokenCertificate,
    TrailingBytes,
    BrokenKey,
    WrongKey,
    BrokenBundle,
    BundleOfWorkload,
    BundleOfNobody,
}
