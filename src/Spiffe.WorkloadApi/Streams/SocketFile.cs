using System.Diagnostics;

namespace Spiffe.WorkloadApi;

/// <summary>Which file stands at an endpoint's path. An agent that starts puts a new one there.</summary>
internal static class SocketFile
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    /// <summary>When the file was made; null if there is none, or if the endpoint is not a file.</summary>
    public static DateTime? FindTime(WorkloadApiEndpoint endpoint) =>
        endpoint.Kind == EndpointKind.Unix && File.Exists(endpoint.Address) ? File.GetLastWriteTimeUtc(endpoint.Address) : null;

    /// <summary>Waits for a time, or until another file stands there than before; says whether one does.</summary>
    public static async Task<bool> WaitForOtherAsync(
        WorkloadApiEndpoint endpoint, DateTime? before, TimeSpan time, CancellationToken cancellationToken)
    {
        // Not by the clock, which may be set meanwhile.
        long start = Stopwatch.GetTimestamp();
        for (TimeSpan left = time; left > TimeSpan.Zero; left = time - Stopwatch.GetElapsedTime(start))
        {
            if (FindTime(endpoint) is { } now && now != before)
            {
                return true;
            }

            await Task.Delay(left < s_interval ? left : s_interval, cancellationToken).ConfigureAwait(false);
        }

        return false;
    }
}
