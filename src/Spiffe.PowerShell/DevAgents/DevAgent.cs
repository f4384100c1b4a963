using System.Collections.ObjectModel;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A development agent that this PowerShell process started.</summary>
public sealed class DevAgent
{
    internal DevAgent(ReadyMessage ready, int processId, DateTime startTime, IReadOnlyList<string> recentLog)
    {
        Endpoint = ready.Endpoint;
        TrustDomain = TrustDomain.Parse(ready.TrustDomain);
        ProcessId = processId;
        StartTime = startTime;
        RecentLog = [.. recentLog];
        BundleEndpoint = ready.BundleEndpoint;
        BundleEndpointSpiffeId = ready.BundleEndpointSpiffeId is null ? null : SpiffeId.Parse(ready.BundleEndpointSpiffeId);
        BundleEndpointAuthority = ready.BundleEndpointAuthority is null
            ? null
            : X509Certificate2.CreateFromPem(ready.BundleEndpointAuthority);
    }

    /// <summary>Its Workload API's address, fit for <c>-Endpoint</c> and SPIFFE_ENDPOINT_SOCKET.</summary>
    public string Endpoint { get; }

    /// <summary>The trust domain that it issues identities of.</summary>
    public TrustDomain TrustDomain { get; }

    /// <summary>The process that it runs in.</summary>
    public int ProcessId { get; }

    /// <summary>When it was started, in local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>The URL that others fetch its bundle from; null where it serves none.</summary>
    public string? BundleEndpoint { get; }

    /// <summary>The SPIFFE ID of that endpoint; null with a certificate of the web.</summary>
    public SpiffeId? BundleEndpointSpiffeId { get; }

    /// <summary>The web authority that the agent made for its endpoint, fit for <c>-CaCertificate</c>; null where it made none.</summary>
    public X509Certificate2? BundleEndpointAuthority { get; }

    /// <summary>The last lines of its log, as they were when this object was made.</summary>
    public ReadOnlyCollection<string> RecentLog { get; }

    /// <summary>The agent as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "ProcessId", ProcessId },
        { "TrustDomain", TrustDomain.Name },
        { "Endpoint", Endpoint },
        { "BundleEndpoint", BundleEndpoint },
        { "BundleEndpointSpiffeId", BundleEndpointSpiffeId?.Text },
        { "BundleEndpointAuthority", BundleEndpointAuthority?.ExportCertificatePem() },
        { "StartTime", StartTime },
    };

    /// <summary>Its endpoint.</summary>
    public override string ToString() => Endpoint;
}
