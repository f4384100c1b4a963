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

        // For the agents, as tests/Directory.Build.props has it for this process: 500.
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCountThreshold", "1F4");
        TransportChoice.TakeNative(Library.Path);
        ThreadPool.SetMinThreads(Threads, Threads);
    }
}
