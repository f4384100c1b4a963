using System.Runtime.CompilerServices;
using Spiffe.Testing;

namespace Spiffe.Tests;

internal static class ModuleInitializer
{
    // A test waits for its answer on a thread of the pool, and the server in the same process needs some, too.
    private const int Threads = 32;

    [ModuleInitializer]
    internal static void Enter()
    {
        PrivateHome.Enter();
        TransportChoice.TakeNative(Library.Path);
        ThreadPool.SetMinThreads(Threads, Threads);
    }
}
