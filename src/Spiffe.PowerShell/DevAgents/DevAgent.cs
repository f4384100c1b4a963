namespace Spiffe;

/// <summary>A development agent that this PowerShell process started.</summary>
public sealed class DevAgent
{
    internal DevAgent(string endpoint, string trustDomain, int processId, DateTime startTime, IReadOnlyList<string> recentLog)
    {
        Endpoint = endpoint;
        TrustDomain = TrustDomain.Parse(trustDomain);
        ProcessId = processId;
        StartTime = startTime;
        RecentLog = recentLog;
    }

    /// <summary>Its Workload API's address, fit for <c>-Endpoint</c> and SPIFFE_ENDPOINT_SOCKET.</summary>
    public string Endpoint { get; }

    /// <summary>The trust domain that it issues identities of.</summary>
    public TrustDomain TrustDomain { get; }

    /// <summary>The process that it runs in.</summary>
    public int ProcessId { get; }

    /// <summary>When it was started, in local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>The last lines of its log, as they were when this object was made.</summary>
    public IReadOnlyList<string> RecentLog { get; }

    /// <summary>Its endpoint.</summary>
    public override string ToString() => Endpoint;
}
