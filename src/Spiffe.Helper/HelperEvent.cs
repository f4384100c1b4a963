using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>Something that <c>Invoke-SpiffeHelper</c> has done or met with.</summary>
public sealed class HelperEvent
{
    internal HelperEvent(HelperEventKind kind, string message)
    {
        Kind = kind;
        Message = message;
    }

    /// <summary>When it happened, in local time.</summary>
    public DateTime Time { get; } = DateTimeOffset.UtcNow.LocalDateTime;

    /// <summary>What has happened.</summary>
    public HelperEventKind Kind { get; }

    /// <summary>The same in words.</summary>
    public string Message { get; }

    /// <summary><see cref="Message"/> in lines for a table.</summary>
    public string DisplayMessage => Quoted.Wrap(Message, width: 46);

    /// <summary>The identity that is spoken of; null where it is not about one.</summary>
    public SpiffeId? SpiffeId { get; internal init; }

    /// <summary>The files that are new.</summary>
    public ReadOnlyCollection<string> Files { get; internal init; } = [];

    /// <summary>When what was written expires, in local time; null where nothing was.</summary>
    public DateTime? ExpiresAt { get; internal init; }

    /// <summary>The process that was started or signalled, or has ended; null where it is not about one.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>The program's exit code; 128 and the signal's number where a signal ended it. Null unless it has ended.</summary>
    public int? ExitCode { get; internal init; }

    /// <summary>What went wrong; null unless something did.</summary>
    public SpiffeException? Error { get; internal init; }

    /// <summary>The kind of <see cref="Error"/>, which is also its error id; null unless something went wrong.</summary>
    public SpiffeErrorReason? Reason => Error?.Reason;

    /// <summary>When it is tried again, in local time; null where that depends on the agent.</summary>
    public DateTime? NextRetry { get; internal init; }

    /// <summary>The event as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Time", Time },
        { "Kind", Kind.ToString() },
        { "Message", Message },
        { "SpiffeId", SpiffeId?.Text },
        { "Files", Files },
        { "ExpiresAt", ExpiresAt },
        { "ProcessId", ProcessId },
        { "ExitCode", ExitCode },
        { "Reason", Reason?.ToString() },
        { "NextRetry", NextRetry },
    };

    /// <summary>The message.</summary>
    public override string ToString() => Message;

    internal static HelperEvent Failed(SpiffeException error, TimeSpan? retryIn = null) =>
        new(HelperEventKind.Failed, error.Message) { Error = error, NextRetry = (DateTimeOffset.UtcNow + retryIn)?.LocalDateTime };
}
