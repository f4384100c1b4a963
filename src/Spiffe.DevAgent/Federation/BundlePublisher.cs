using System.Text;

namespace Spiffe.DevAgent;

/// <summary>Keeps the trust domain's bundle in a file, for others to federate with.</summary>
internal sealed class BundlePublisher : BackgroundService
{
    private readonly string _path;
    private readonly SvidIssuer _issuer;
    private readonly ChangeSignal _changes;
    private readonly AgentLog _log;
    private ulong? _written;

    private BundlePublisher(string path, SvidIssuer issuer, ChangeSignal changes, AgentLog log)
    {
        _path = path;
        _issuer = issuer;
        _changes = changes;
        _log = log;
    }

    /// <summary>Writes the file, and once it is started again whenever the bundle changes.</summary>
    /// <exception cref="AgentException">The file cannot be written.</exception>
    public static BundlePublisher Create(string path, SvidIssuer issuer, ChangeSignal changes, AgentLog log)
    {
        BundlePublisher publisher = new(path, issuer, changes, log);
        try
        {
            publisher.Write();
            return publisher;
        }
        catch (SpiffeException exception)
        {
            throw new AgentException($"The bundle cannot be published. {exception.Message}", exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            Task change = _changes.Next;
            try
            {
                Write();
            }
            catch (SpiffeException exception)
            {
                _log.Write($"The bundle is not published. {exception.Message}");
            }

            await change.WaitAsync(stoppingToken);
        }
    }

    private void Write()
    {
        SpiffeBundle bundle = _issuer.Bundle;
        if (bundle.SequenceNumber != _written)
        {
            AtomicFile.Write(_path, Encoding.UTF8.GetBytes(bundle.ToSpiffeJson()), AtomicFile.PublicMode, ExistingFiles.ReplaceAny);
            _written = bundle.SequenceNumber;
        }
    }
}
