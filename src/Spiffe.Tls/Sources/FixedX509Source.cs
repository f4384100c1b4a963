namespace Spiffe.Tls;

/// <summary>A source that never changes.</summary>
internal sealed class FixedX509Source : X509Source
{
    private readonly X509Context _context;

    public FixedX509Source(X509Context context) => _context = context;

    public override ValueTask<X509Context> GetAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_context.Superseded.IsCancellationRequested, this);
        return _context.Svid is { } svid && svid.ExpiresIn <= TimeSpan.Zero
            ? throw new SpiffeException(SpiffeErrorReason.SvidInvalid, $"The SVID of '{svid}' expired at {svid.NotAfter:u}.")
            : ValueTask.FromResult(_context);
    }

    private protected override void Dispose(bool disposing) => _context.Supersede();
}
