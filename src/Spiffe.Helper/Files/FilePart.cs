using System.Security.Cryptography;

namespace Spiffe.Helper;

/// <summary>Files that one kind of answer makes: those of the X509-SVID, of the JWT bundles, or of one JWT-SVID.</summary>
internal sealed class FilePart
{
    private volatile FileState _state = new(FileStatus.Unwritten);

    public FilePart(string path, bool isX509, bool isToken)
    {
        Path = path;
        IsX509 = isX509;
        IsToken = isToken;
    }

    /// <summary>The file that names the part: of an X509-SVID, the one with the certificate.</summary>
    public string Path { get; }

    public bool IsX509 { get; }

    public bool IsToken { get; }

    /// <summary>Read by the health checks, from other threads.</summary>
    public FileState State => _state;

    public bool WasWritten { get; private set; }

    /// <summary>Whether <see cref="Content"/> is still to be written or, without one, the files are still to be deleted.</summary>
    public bool IsPending { get; private set; }

    /// <summary>The intended content of the files; null before the first answer, and after a withdrawal.</summary>
    public FileContent? Content { get; private set; }

    /// <summary>Takes a new content, which is not written yet. The old one may have a private key in it.</summary>
    public void Replace(FileContent? content)
    {
        foreach (OutputFile file in Content?.Files ?? [])
        {
            CryptographicOperations.ZeroMemory(file.Content);
        }

        Content = content;
        IsPending = true;
    }

    public void Note(FileStatus status)
    {
        _state = new FileState(status, Content?.ExpiresAt);
        WasWritten |= status == FileStatus.Written;
        IsPending &= status is not (FileStatus.Written or FileStatus.Withdrawn);
    }
}
