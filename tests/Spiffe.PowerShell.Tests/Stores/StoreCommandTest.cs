using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Stores;

/// <summary>A session with a certificate store of one test's own, <c>$store</c>, and a Workload API that answers in turn.</summary>
public abstract class StoreCommandTest : CommandTest
{
    private protected const string Web = "spiffe://example.org/web";
    private protected const string Batch = "spiffe://example.org/batch";

    // The server sends the next message when this one was read: of several that wait, a watch gives only the last.
    private readonly SemaphoreSlim _isRead = new(0);

    private protected string StoreName { get; } = "spiffe-test-" + Guid.NewGuid().ToString("N");

    private protected string Folder => Path.Combine(PrivateHome.StoresFolder, StoreName);

    private protected string[] CertificateFiles => Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.pfx") : [];

    public override async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        _isRead.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <param name="age">How long ago it was issued.</param>
    /// <param name="id">Its SPIFFE ID.</param>
    /// <param name="hint">Its hint.</param>
    private protected static X509SVID Issue(int age = 0, string id = Web, string hint = "")
    {
        IssuedSvid issued = Authority.Issue(new LeafOptions { Uris = [id], Lifetime = TimeSpan.FromHours(1) - TimeSpan.FromMinutes(age) });
        X509SVID message = Messages.X509Svid(Authority, id, hint);
        message.X509Svid = ByteString.CopyFrom(issued.Der);
        message.X509SvidKey = ByteString.CopyFrom(issued.Pkcs8Key);
        return message;
    }

    private protected void Serve(params X509SVID[] svids) => Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(svids));

    /// <summary>Runs a script in which <c>$store</c> is the store's name and <c>$agent</c> the server's endpoint.</summary>
    private protected SessionResult Do(string script) =>
        Session.Run("$agent, $store, $read = $args\n" + script, Server.Endpoint, StoreName, _isRead);

    /// <summary>Watches as many messages as are given, and installs what each brings.</summary>
    private protected SessionResult Watch(string arguments, params X509SVIDResponse[] messages)
    {
        Server.X509Svids = async (stream, token) =>
        {
            foreach (X509SVIDResponse message in messages)
            {
                await stream.WriteAsync(message, token);
                await _isRead.WaitAsync(token);
            }

            await Task.Delay(Timeout.Infinite, token);
        };
        return Do(
            $"Watch-SpiffeSvid -Endpoint $agent -Count {messages.Length} | " +
            $"ForEach-Object {{ $_; $null = $read.Release() }} | Install-SpiffeX509Svid -StoreName $store {arguments}");
    }

    private protected IReadOnlyList<InstalledSvid> FindInstalled() =>
        Do("Get-SpiffeInstalledSvid -StoreName $store").Expect<InstalledSvid>();

    /// <summary>What a program does that does not know this module.</summary>
    private protected void AddForeign(X509SVID message)
    {
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(message.X509Svid.ToByteArray());
        using X509Store store = new(StoreName, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        store.Add(bare);
    }

    private protected static string ThumbprintOf(X509SVID message)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(message.X509Svid.ToByteArray());
        return certificate.Thumbprint;
    }
}
