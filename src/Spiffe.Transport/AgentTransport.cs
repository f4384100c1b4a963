using System.Runtime.CompilerServices;
using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>The ways to an agent: the native library where there is one for this platform, else the managed channel.</summary>
public static class AgentTransport
{
    /// <summary>Returns what a generated client calls through. It connects at the first call, and again after a broken connection.</summary>
    /// <remarks>
    /// The thread that asks for a message may be the one that waits for it: the task is then complete when it returns.
    /// A call that does not succeed throws <see cref="RpcException"/>, whose <see cref="Status.DebugException"/> is a
    /// <see cref="SpiffeException"/> that says why in SPIFFE's terms.
    /// </remarks>
    public static CallInvoker Open(WorkloadApiEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return NativeLibraryFile.IsLoaded ? new AgentCallInvoker(new NativeChannel(endpoint)) : OpenManaged(endpoint);
    }

    // Not inlined: a method that names the managed channel loads its assemblies.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AgentCallInvoker OpenManaged(WorkloadApiEndpoint endpoint) => new(new ManagedChannel(endpoint));
}
