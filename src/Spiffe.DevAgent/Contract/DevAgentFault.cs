namespace Spiffe;

/// <summary>What a development agent does wrong on purpose, so that clients can be tested.</summary>
public enum DevAgentFault
{
    /// <summary>Every call ends with Unavailable.</summary>
    Unavailable,

    /// <summary>Every call ends with PermissionDenied, as for a caller without any identity.</summary>
    PermissionDenied,

    /// <summary>Every call ends as where too many are made.</summary>
    RateLimited,

    /// <summary>A call gets no answer, and a stream nothing new.</summary>
    Hang,

    /// <summary>A stream ends behind its first message.</summary>
    CloseStream,

    /// <summary>The connection breaks when something is called.</summary>
    DropConnection,

    /// <summary>No SVIDs (Workload API 4.5, 5.2.1).</summary>
    NoSvids,

    /// <summary>SVIDs without ID; a validation that names none.</summary>
    NoSpiffeId,

    /// <summary>X509-SVIDs without certificate.</summary>
    NoCertificate,

    /// <summary>X509-SVIDs without private key.</summary>
    NoKey,

    /// <summary>X509-SVIDs without the bundle of their trust domain.</summary>
    NoBundle,

    /// <summary>JWT-SVIDs without token.</summary>
    NoToken,

    /// <summary>A map of bundles without any.</summary>
    NoBundles,

    /// <summary>A validation without claims.</summary>
    NoClaims,

    /// <summary>SVIDs under the ID of another identity.</summary>
    WrongSpiffeId,

    /// <summary>A certificate that is cut off (section 5.1).</summary>
    BrokenCertificate,

    /// <summary>Bytes behind the certificates that are none.</summary>
    TrailingBytes,

    /// <summary>A private key that is not PKCS#8.</summary>
    BrokenKey,

    /// <summary>The private key of another certificate.</summary>
    WrongKey,

    /// <summary>Bundles that cannot be read.</summary>
    BrokenBundle,

    /// <summary>A bundle more, under the ID of a workload.</summary>
    BundleOfWorkload,

    /// <summary>A bundle more, under a name that is no SPIFFE ID.</summary>
    BundleOfNobody,

    /// <summary>The bundle endpoint answers with the status 500 (Federation 5.2).</summary>
    EndpointError,

    /// <summary>The bundle endpoint sends the head of its answer, and no document.</summary>
    EndpointSlow,

    /// <summary>The bundle endpoint sends a document of 5 MiB.</summary>
    EndpointTooLarge,

    /// <summary>The bundle endpoint shows the certificate of another identity, or of another host.</summary>
    EndpointOfAnother,

    /// <summary>The bundle endpoint serves the bundle under the sequence number 1.</summary>
    EndpointOldSequence,

    /// <summary>The bundle endpoint redirects to http.</summary>
    EndpointRedirectsToHttp,

    /// <summary>The bundle endpoint shows a certificate that has expired.</summary>
    EndpointCertificateExpired,
}
