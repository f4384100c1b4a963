using Grpc.Core;

namespace Spiffe.DevAgent;

/// <summary>Who calls, and what it is entitled to.</summary>
internal sealed class CallerAccess
{
    private readonly EntryTable _entries;
    private readonly Redactions _redactions;
    private readonly AgentLog _log;

    public CallerAccess(EntryTable entries, Redactions redactions, AgentLog log)
    {
        _entries = entries;
        _redactions = redactions;
        _log = log;
    }

    /// <summary>The caller, if it is still the process that opened the connection; otherwise null.</summary>
    /// <exception cref="RpcException">Unavailable.</exception>
    public static Caller Identify(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Caller>() is { } caller && CallerIdentification.IsStillThere(caller)
            ? caller
            : throw new RpcException(new Status(StatusCode.Unavailable, "workload attestation failed"));

    /// <summary>The caller's entries, the default identity first; maybe none.</summary>
    public IReadOnlyList<Entry> Find(Caller caller) =>
        [.. _entries.Select(caller).Where(entry => !_redactions.Has(entry.SpiffeId))];

    /// <summary>What the caller is entitled to; where it asks for one identity, that one.</summary>
    /// <param name="context">The call.</param>
    /// <param name="requested">The one identity that it asks for.</param>
    /// <param name="before">What it was entitled to when it was looked up last; nothing is logged where that did not change.</param>
    /// <exception cref="RpcException">Unavailable, or PermissionDenied where there is nothing.</exception>
    public IReadOnlyList<Entry> Authorize(
        ServerCallContext context, SpiffeId? requested = null, IReadOnlyList<Entry>? before = null)
    {
        Caller caller = Identify(context);
        Entry[] entries = [.. Find(caller).Where(entry => requested is null || entry.SpiffeId == requested)];
        if (before is null || !entries.SequenceEqual(before))
        {
            string given = entries.Length > 0 ? string.Join(", ", entries.Select(entry => entry.SpiffeId)) : "no identity";
            _log.Write($"{context.Method} by {caller}: {given}");
        }

        return entries.Length > 0
            ? entries
            : throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
    }
}
