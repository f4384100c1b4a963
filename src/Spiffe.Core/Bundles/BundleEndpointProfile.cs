namespace Spiffe;

/// <summary>How a bundle endpoint proves who it is (Federation, section 5.2).</summary>
public enum BundleEndpointProfile
{
    /// <summary>With a certificate of a web authority for its host name (section 5.2.1).</summary>
    HttpsWeb,

    /// <summary>With an X509-SVID of a SPIFFE ID that is known in advance; its host name is not looked at (section 5.2.2).</summary>
    HttpsSpiffe,
}
