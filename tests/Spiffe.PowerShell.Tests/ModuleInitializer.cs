using System.Runtime.CompilerServices;
using Spiffe.Testing;

namespace Spiffe.Tests;

internal static class ModuleInitializer
{
    [ModuleInitializer]
    internal static void Enter()
    {
        PrivateHome.Enter();

        // For the agents, as tests/Directory.Build.props has it for this process: 500.
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCountThreshold", "1F4");
        TransportChoice.TakeManaged();
    }
}
