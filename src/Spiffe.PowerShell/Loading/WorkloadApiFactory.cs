using System.Reflection;

namespace Spiffe.Commands;

/// <summary>The only way across the wall: returns the Workload API of an endpoint, and loads its client on first use.</summary>
internal static class WorkloadApiFactory
{
    private const string ClientAssembly = "Spiffe.WorkloadApi";
    private const string ClientType = "Spiffe.WorkloadApi.WorkloadApiClient";
    private const string ClientMethod = "For";
    private const string NoAgent = "unix:///nowhere";

    private static readonly Lazy<Func<WorkloadApiEndpoint, IWorkloadApi>> s_for = new(LoadClient);

    public static IWorkloadApi For(WorkloadApiEndpoint endpoint) => s_for.Value(endpoint);

    /// <summary>Loads the client on another thread, for a cmdlet that is about to ask: PowerShell binds its parameters meanwhile.</summary>
    public static void Prepare()
    {
        if (!s_for.IsValueCreated)
        {
            // A client connects when it is asked something. What fails here fails again in the call, which reports it.
            _ = Task.Run(static () => For(WorkloadApiEndpoint.Parse(NoAgent)));
        }
    }

    private static Func<WorkloadApiEndpoint, IWorkloadApi> LoadClient()
    {
        string precompiled = Path.Combine(ModuleFolder.ForPlatform, "isolated");
        string folder = Directory.Exists(precompiled) ? precompiled : Path.Combine(ModuleFolder.Path, "isolated");
        Assembly client = new IsolatedLoadContext(folder).LoadFromAssemblyName(new AssemblyName(ClientAssembly));
        MethodInfo method = client.GetType(ClientType, throwOnError: true)!.GetMethod(ClientMethod)!;
        return method.CreateDelegate<Func<WorkloadApiEndpoint, IWorkloadApi>>();
    }
}
