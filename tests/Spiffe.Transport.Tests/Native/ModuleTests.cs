using System.Runtime.Loader;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Native;

public sealed class ModuleTests : CommandTest
{
    [Fact]
    public void The_module_asks_through_the_library_and_loads_no_managed_channel()
    {
        Server.X509Svids = Spiffe.Testing.ScriptedWorkloadApi.Always(Spiffe.Testing.Messages.X509Svids(Authority));

        Assert.Single(Run("Get-SpiffeX509Svid -Endpoint $args[0]").Expect<X509Svid>());

        string[] loaded = [.. AssemblyLoadContext.All
            .Single(context => context.Name == "Spiffe.WorkloadApi").Assemblies
            .Select(assembly => assembly.GetName().Name!)];
        Assert.Contains("Spiffe.Transport", loaded);
        Assert.DoesNotContain("Grpc.Net.Client", loaded);
    }
}
