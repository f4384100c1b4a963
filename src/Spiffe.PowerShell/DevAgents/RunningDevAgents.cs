using System.Collections.Concurrent;

namespace Spiffe.Commands;

/// <summary>The agents that this process started, and the environment variable that may name one of them.</summary>
internal static class RunningDevAgents
{
    private static readonly ConcurrentDictionary<int, DevAgentProcess> s_agents = new();
    private static readonly Lock s_environmentLock = new();

    /// <summary>Those that still run, the oldest first; what others left is cleared away.</summary>
    public static DevAgentProcess[] Find()
    {
        foreach (DevAgentProcess ended in s_agents.Values.Where(agent => agent.HasExited))
        {
            Stop(ended);
        }

        return [.. s_agents.Values.OrderBy(agent => agent.StartTime)];
    }

    public static void Add(DevAgentProcess agent) => s_agents[agent.Id] = agent;

    /// <summary>Stops an agent, unless another thread is already doing so.</summary>
    public static void Stop(DevAgentProcess agent)
    {
        if (s_agents.TryRemove(agent.Id, out _))
        {
            RestoreEnvironment(agent);
            agent.Dispose();
        }
    }

    /// <summary>Sets SPIFFE_ENDPOINT_SOCKET of this process to the agent, until the agent is stopped.</summary>
    public static void SetEnvironment(DevAgentProcess agent)
    {
        lock (s_environmentLock)
        {
            agent.ReplacedVariable = new ReplacedVariable(
                Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable));
            Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, agent.Endpoint);
        }
    }

    /// <summary>Puts back what was there before, also where a later agent would otherwise put this one back.</summary>
    private static void RestoreEnvironment(DevAgentProcess agent)
    {
        lock (s_environmentLock)
        {
            if (agent.ReplacedVariable is not { } before)
            {
                return;
            }

            foreach (DevAgentProcess later in s_agents.Values.Where(other => other.ReplacedVariable?.Value == agent.Endpoint))
            {
                later.ReplacedVariable = before;
            }

            if (Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable) == agent.Endpoint)
            {
                Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, before.Value);
            }
        }
    }
}
