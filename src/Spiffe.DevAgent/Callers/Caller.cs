namespace Spiffe.DevAgent;

/// <summary>The process at the other end of a connection, as the kernel names it.</summary>
internal sealed record Caller(int ProcessId, uint UserId, uint GroupId, string UserName)
{
    public override string ToString() => $"pid {ProcessId}, uid {UserId} ({UserName}), gid {GroupId}";
}
