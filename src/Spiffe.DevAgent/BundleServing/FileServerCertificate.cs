using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.DevAgent;

/// <summary>A web certificate from PEM files, read again whenever they change.</summary>
internal sealed class FileServerCertificate : ServerCertificate
{
    private readonly FollowedFile _certificate;
    private readonly FollowedFile _key;
    private readonly AgentLog _log;
    private readonly Lock _lock = new();
    private SslStreamCertificateContext _context;

    /// <exception cref="AgentException">The files have no certificate with its key.</exception>
    public FileServerCertificate(string certificatePath, string? keyPath, AgentLog log)
    {
        _certificate = new FollowedFile(certificatePath);
        _key = new FollowedFile(keyPath ?? certificatePath);
        _log = log;
        HaveChanged();
        _context = Read();
    }

    public override SslStreamCertificateContext Find()
    {
        lock (_lock)
        {
            if (HaveChanged())
            {
                TryRead();
            }

            return _context;
        }
    }

    private bool HaveChanged() => _certificate.HasChanged() | _key.HasChanged();

    /// <summary>Files that cannot be used leave what was read before.</summary>
    private void TryRead()
    {
        try
        {
            _context = Read();
            _log.Write($"bundle endpoint: read the certificate '{_certificate.Path}'");
        }
        catch (AgentException exception)
        {
            _log.Write(exception.Message);
        }
    }

    private SslStreamCertificateContext Read()
    {
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(_certificate.Path);
            return CreateContext(X509Certificate2.CreateFromPemFile(_certificate.Path, _key.Path), chain);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AgentException(
                $"The bundle endpoint's certificate '{_certificate.Path}' with the key '{_key.Path}' cannot be used: {exception.Message}",
                exception);
        }
    }
}
