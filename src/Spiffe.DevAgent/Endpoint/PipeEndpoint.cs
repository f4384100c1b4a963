using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Principal;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Spiffe.DevAgent;

/// <summary>A named pipe for the users of this machine.</summary>
[SupportedOSPlatform("windows")]
internal sealed class PipeEndpoint : AgentEndpoint
{
    private readonly WorkloadApiEndpoint _endpoint;

    private PipeEndpoint(WorkloadApiEndpoint endpoint) => _endpoint = endpoint;

    public override string Address => _endpoint.ToString();

    /// <exception cref="AgentException">Another process serves the pipe.</exception>
    public static new PipeEndpoint Open(WorkloadApiEndpoint endpoint)
    {
        bool isTaken = Directory.EnumerateFiles(@"\\.\pipe\")
            .Any(path => path.EndsWith(@"\pipe\" + endpoint.Address, StringComparison.OrdinalIgnoreCase));
        return isTaken
            ? throw new AgentException($"Another process already listens at {endpoint}.")
            : new PipeEndpoint(endpoint);
    }

    /// <summary>A pipe with a new random name.</summary>
    public static PipeEndpoint OpenPrivate() =>
        new(WorkloadApiEndpoint.Parse($"npipe:spiffe-agent-{RandomNumberGenerator.GetHexString(16, lowercase: true)}"));

    public override void Serve(IWebHostBuilder host)
    {
        host.UseNamedPipes(options =>
        {
            options.CurrentUserOnly = false;
            options.PipeSecurity = CreateSecurity();
        });
        host.ConfigureKestrel(options => options.ListenNamedPipe(_endpoint.Address, Configure));
    }

    /// <summary>The pipe ends with the host that serves it.</summary>
    public override void Dispose()
    {
    }

    protected override ValueTask<Caller?> IdentifyAsync(ConnectionContext connection) =>
        new(CallerIdentification.Identify(connection.Features.Get<IConnectionNamedPipeFeature>()?.NamedPipe));

    /// <summary>
    /// Every account that is logged on here, none over the network: pipes can be reached from other machines. Clients ask for
    /// GENERIC_WRITE, which on a pipe takes in the right to create an instance.
    /// </summary>
    private static PipeSecurity CreateSecurity()
    {
        PipeSecurity security = new();
        Add(WellKnownSidType.NetworkSid, PipeAccessRights.FullControl, AccessControlType.Deny);
        Add(
            WellKnownSidType.AuthenticatedUserSid,
            PipeAccessRights.ReadWrite | PipeAccessRights.CreateNewInstance,
            AccessControlType.Allow);
        using WindowsIdentity self = WindowsIdentity.GetCurrent();
        security.AddAccessRule(new PipeAccessRule(self.User!, PipeAccessRights.FullControl, AccessControlType.Allow));
        return security;

        void Add(WellKnownSidType account, PipeAccessRights rights, AccessControlType type) => security.AddAccessRule(
            new PipeAccessRule(new SecurityIdentifier(account, domainSid: null), rights, type));
    }
}
