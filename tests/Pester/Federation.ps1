# The parameters that lead to the bundle endpoint of a development agent, for a cmdlet or for -FederatesWith.

function Get-FederationParameter ($Agent) {
    @{
        Uri              = $Agent.BundleEndpoint
        TrustDomain      = $Agent.TrustDomain
        Profile          = 'HttpsSpiffe'
        EndpointSpiffeId = $Agent.BundleEndpointSpiffeId
        Bundle           = Get-SpiffeBundle -Endpoint $Agent
    }
}
