using System.Collections;

namespace Spiffe.Commands;

/// <summary>Completes an endpoint: the variable's, those of running development agents, and well-known sockets that exist.</summary>
internal sealed class EndpointCompleter : NameCompleter
{
    // SPIRE's default, its examples for Kubernetes and packages, its CSI driver, and Istio.
    private static readonly string[] s_wellKnown =
    [
        "/tmp/spire-agent/public/api.sock",
        "/run/spire/agent.sock",
        "/run/spire/sockets/agent.sock",
        "/run/spire/agent-sockets/spire-agent.sock",
        "/spiffe-workload-api/spire-agent.sock",
        "/var/run/secrets/workload-spiffe-uds/socket",
    ];

    /// <summary>A path that the user begins to type may lead to any socket.</summary>
    protected override bool TakesPath => true;

    protected override IEnumerable<Choice> Find(IDictionary boundParameters)
    {
        string? variable = Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        return
        [
            .. string.IsNullOrEmpty(variable)
                ? Array.Empty<Choice>()
                : [new Choice(variable, $"{variable} ($env:{WorkloadApiEndpoint.EnvironmentVariable})")],
            .. RunningDevAgents.Find().Select(agent => new Choice(agent.Endpoint, $"{agent.Endpoint} (development agent {agent.Id})")),
            .. s_wellKnown.Where(File.Exists).Select(path => new Choice("unix://" + path)),
        ];
    }
}
