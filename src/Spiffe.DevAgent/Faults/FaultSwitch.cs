using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Spiffe.DevAgent;

/// <summary>Switches faults on and off, and commits those that do not depend on what is answered.</summary>
internal sealed class FaultSwitch
{
    private readonly ChangeSignal _changes;
    private volatile FaultSet _current = FaultSet.None;

    public FaultSwitch(ChangeSignal changes) => _changes = changes;

    public FaultSet Current => _current;

    /// <summary>From here on these faults, and no other.</summary>
    public void Set(FaultSet faults) => _current = faults;

    /// <summary>Before a call is answered.</summary>
    public async Task CommitAsync(ServerCallContext context, CancellationToken cancellationToken)
    {
        if (Current.Delay > TimeSpan.Zero)
        {
            await Task.Delay(Current.Delay, cancellationToken);
        }

        await CommitNowAsync(context, cancellationToken);
    }

    /// <summary>Before a message is sent on a stream that is open already.</summary>
    public async Task CommitNowAsync(ServerCallContext context, CancellationToken cancellationToken)
    {
        for (Task change = _changes.Next; Current.Has(DevAgentFault.Hang); change = _changes.Next)
        {
            await change.WaitAsync(cancellationToken);
        }

        if (Current.Has(DevAgentFault.DropConnection))
        {
            context.GetHttpContext().Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        if (FindStatus(context.Method) is { } status)
        {
            throw new RpcException(status);
        }
    }

    private Status? FindStatus(string method) => Current switch
    {
        FaultSet faults when faults.Has(DevAgentFault.Unavailable) => new Status(StatusCode.Unavailable, "the agent is not ready"),
        FaultSet faults when faults.Has(DevAgentFault.PermissionDenied) =>
            new Status(StatusCode.PermissionDenied, "no identity issued"),
        FaultSet faults when faults.Has(DevAgentFault.RateLimited) =>
            new Status(StatusCode.Unavailable, $"rate limit exceeded for {method}"),
        _ => null,
    };
}
