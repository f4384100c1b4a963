using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>A folder to write SVIDs to, and a Workload API that gives them.</summary>
public abstract class ExportX509SvidTest : CommandTest
{
    private protected const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private protected const UnixFileMode ReadableByAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TemporaryFolder _folder = new();

    private protected string Folder => _folder.Path;

    private protected IEnumerable<string> Names => Directory.GetFileSystemEntries(Folder).Select(path => Path.GetFileName(path)).Order();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Exports what the Workload API gives; <c>-Path</c> is the test's folder.</summary>
    private protected SessionResult Export(string parameters) =>
        Run($"Get-SpiffeX509Svid -Endpoint $args[0] | Export-SpiffeX509Svid -Path $args[1] {parameters}", Folder);

    private protected void Serve(params X509SVID[] svids) => Serve(Messages.X509Svids(svids));

    private protected void Serve(X509SVIDResponse response) => Server.X509Svids = ScriptedWorkloadApi.Always(response);

    private protected static X509SVIDResponse Federated(X509SVIDResponse response, params TestAuthority[] authorities)
    {
        foreach (TestAuthority authority in authorities)
        {
            response.FederatedBundles.Add($"spiffe://{authority.TrustDomain}", ByteString.CopyFrom(authority.BundleDer));
        }

        return response;
    }

    private protected static X509SVID Svid(string name, string hint = "") =>
        Messages.X509Svid(Authority, $"spiffe://example.org/{name}", hint);

    private protected string PathOf(string name) => Path.Combine(Folder, name);

    private protected string Read(string name) => File.ReadAllText(PathOf(name));

    private protected UnixFileMode ModeOf(string name) => new FileInfo(PathOf(name)).UnixFileMode;
}
