namespace Spiffe.DevAgent;

/// <summary>Lets the issuer do what is due, when it is due.</summary>
internal sealed class RotationService : BackgroundService
{
    private readonly SvidIssuer _issuer;
    private readonly ChangeSignal _changes;

    public RotationService(SvidIssuer issuer, ChangeSignal changes)
    {
        _issuer = issuer;
        _changes = changes;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task change = _changes.Next;
            await ChangeSignal.WaitAsync(change, _issuer.Advance(), stoppingToken);
        }
    }
}
