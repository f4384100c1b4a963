using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.Import, "SpiffeX509Svid", DefaultParameterSetName = PathSet)]
[OutputType(typeof(X509Svid))]
public sealed class ImportSpiffeX509SvidCommand : SpiffeCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [Unwrap(IsText = true, IsPath = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public SecureString? Password { get; set; }

    [Parameter]
    [Live]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [NotAFile]
    public SpiffeBundle[]? Bundle { get; set; }

    private string? PlainPassword => Password is null ? null : new NetworkCredential(string.Empty, Password).Password;

    protected override void ProcessRecord() => Guard(() =>
    {
        foreach (string path in ResolveFiles(Path, LiteralPath))
        {
            Try(path, () => WriteObject(Import(path), enumerateCollection: true));
        }
    });

    private IReadOnlyList<X509Svid> Import(string path)
    {
        IReadOnlyList<X509Svid> svids = Directory.Exists(path) ? ImportFolder(path) : [ImportFile(path)];
        foreach (X509Svid svid in svids)
        {
            WriteVerbose($"'{path}': {svid}, {svid.Thumbprint}, {(svid.HasPrivateKey ? "with" : "without")} its private key.");
        }

        return svids;
    }

    private IReadOnlyList<X509Svid> ImportFolder(string path)
    {
        if (KeyPath is not null)
        {
            throw new SpiffeException(
                SpiffeErrorReason.LayoutMismatch, $"'{path}' is a folder, whose layout says where the key is; -KeyPath goes with a file.");
        }

        SvidFolder folder = new(path, PlainPassword, Read);
        try
        {
            return folder.Read(Bundle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.ReadFailed, $"The folder '{path}' was not read: {exception.Message}", exception);
        }
        finally
        {
            folder.Warnings.ForEach(WriteWarning);
        }
    }

    private X509Svid ImportFile(string path)
    {
        string? keyPath = KeyPath is null ? null : ResolvePath(KeyPath, SpiffeErrorReason.ReadFailed);
        byte[] content = Read(path);
        byte[]? key = keyPath is null ? null : Read(keyPath);
        try
        {
            return X509Svid.FromCertificates(SvidFile.Parse(content, path, key, keyPath, PlainPassword), isDefault: true, Bundle ?? []);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private byte[] Read(string path) => BoundedFile.Read(path, PipelineStopToken);
}
