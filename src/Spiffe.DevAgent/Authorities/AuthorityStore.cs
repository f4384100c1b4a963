using System.Security.Cryptography;
using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>Keeps the authorities in a folder over a restart, in one file for their owner alone.</summary>
internal sealed class AuthorityStore : IDisposable
{
    private const string FileName = "authorities.json";
    private const string LockName = "agent.lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnerOnly | UnixFileMode.UserExecute;

    private readonly TrustDomain _trustDomain;
    private readonly string _path;
    private readonly FileStream _lock;

    private AuthorityStore(string folder, TrustDomain trustDomain, FileStream @lock)
    {
        _trustDomain = trustDomain;
        _path = Path.Combine(folder, FileName);
        _lock = @lock;
    }

    /// <summary>Opens the folder for this agent alone; makes it where it is not there.</summary>
    /// <exception cref="AgentException">The folder cannot be had.</exception>
    public static AuthorityStore Open(string folder, TrustDomain trustDomain)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, OwnersFolder);
            }

            return new AuthorityStore(folder, trustDomain, new FileStream(
                Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(
                $"The data folder '{folder}' cannot be used, or another agent uses it: {exception.Message}", exception);
        }
    }

    /// <summary>What an earlier agent left; nothing in a new folder.</summary>
    /// <exception cref="AgentException">It is not readable, not private, or of another trust domain.</exception>
    public KeptAuthorities Read(DateTimeOffset now)
    {
        if (!File.Exists(_path))
        {
            return KeptAuthorities.None;
        }

        try
        {
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(_path) is var mode && (mode & ~OwnerOnly) != 0)
            {
                throw new AgentException($"Others may read '{_path}', which holds private keys; make it readable for you alone.");
            }

            AuthoritiesMessage message =
                JsonSerializer.Deserialize(File.ReadAllBytes(_path), AgentJson.Default.AuthoritiesMessage)
                    ?? throw new JsonException("It is null.");
            return message.TrustDomain == _trustDomain.Name
                ? message.Load(now)
                : throw new AgentException(
                    $"'{_path}' has the authorities of '{message.TrustDomain}'; this agent is of '{_trustDomain}'.");
        }
        catch (Exception exception) when (exception
            is JsonException or CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new AgentException($"The authorities in '{_path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <exception cref="AgentException">They cannot be kept.</exception>
    public void Write(KeptAuthorities kept)
    {
        AuthoritiesMessage message = AuthoritiesMessage.Create(_trustDomain, kept);
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(message, AgentJson.Default.AuthoritiesMessage);
        try
        {
            AtomicFile.Write(_path, content, OwnerOnly, ExistingFiles.ReplaceAny);
        }
        catch (SpiffeException exception)
        {
            throw new AgentException($"The authorities cannot be kept. {exception.Message}", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public void Dispose() => _lock.Dispose();
}
