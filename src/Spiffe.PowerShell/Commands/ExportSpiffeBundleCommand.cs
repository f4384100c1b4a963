using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.Export, "SpiffeBundle", SupportsShouldProcess = true, DefaultParameterSetName = FetchSet)]
[OutputType(typeof(FileInfo))]
public sealed class ExportSpiffeBundleCommand : BundleCommand
{
    private const string FetchSet = "Fetch";
    private const string BundleSet = "Bundle";

    private readonly List<SpiffeBundle> _bundles = [];
    private string _target = string.Empty;
    private FileOwner _owner;

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    public BundleFormat Format { get; set; } = BundleFormat.Pem;

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = BundleSet)]
    [Live]
    [ValidateNotNull]
    public SpiffeBundle[] Bundle { get; set; } = [];

    [Parameter(ParameterSetName = FetchSet)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain[]? TrustDomain { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Owner { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private BundleFileFormat FileFormat => BundleFileFormat.Of(Format);

    private BundleType NeededType =>
        !FileFormat.HasJwt ? BundleType.X509 : !FileFormat.HasX509 ? BundleType.Jwt : BundleType.All;

    private ExistingFiles Existing => NoClobber ? ExistingFiles.Keep : Force ? ExistingFiles.ReplaceAny : ExistingFiles.Replace;

    protected override void BeginProcessing() => Guard(
        () =>
        {
            _target = ResolvePath(Path, SpiffeErrorReason.WriteFailed);
            _owner = FileOwner.Find(Owner, Group);
        },
        Path);

    protected override void ProcessRecord() => _bundles.AddRange(Bundle);

    protected override void EndProcessing()
    {
        if (ParameterSetName == FetchSet)
        {
            Guard(() => _bundles.AddRange(SelectBundles(NeededType, TrustDomain)));
        }

        // An empty -TrustDomain selects nothing, and what is missing has been reported.
        if (_bundles.Count > 0)
        {
            Guard(WriteAll, _target);
        }
    }

    private void WriteAll()
    {
        bool isFolder = Directory.Exists(_target);
        if (FileFormat.NamesTrustDomains)
        {
            TryWrite(
                isFolder ? System.IO.Path.Combine(_target, "spiffe" + FileFormat.Extension) : _target,
                $"Write the bundles of {string.Join(", ", _bundles.Select(bundle => bundle.TrustDomain))}",
                GetMapContent);
            return;
        }

        if (!isFolder && _bundles.Count > 1)
        {
            // Federation, section 4.2: bundles of different trust domains are never merged.
            throw new SpiffeException(
                SpiffeErrorReason.TooManyForTarget,
                $"'{_target}' is one file, and there are {_bundles.Count} bundles: " +
                $"{string.Join(", ", _bundles.Select(bundle => bundle.TrustDomain))}.");
        }

        foreach (SpiffeBundle bundle in _bundles)
        {
            TryWrite(isFolder ? System.IO.Path.Combine(_target, bundle.TrustDomain.Name + FileFormat.Extension) : _target, bundle);
        }
    }

    private void TryWrite(string path, SpiffeBundle bundle) =>
        TryWrite(path, $"Write the bundle of {bundle.TrustDomain}", () => GetContent(bundle));

    private void TryWrite(string path, string action, Func<byte[]> getContent) =>
        Try(path, () => Write(path, action, getContent()));

    private void Write(string path, string action, byte[] content)
    {
        if (!ShouldProcess(path, action))
        {
            return;
        }

        OutputFile file = new(path, content, AtomicFile.PublicMode) { Owner = _owner, KeepsAccessList = true };
        AtomicFile.Write([file], Existing);
        if (PassThru)
        {
            WriteFile(path);
        }
    }

    private byte[] GetMapContent() => _bundles.Exists(bundle => FileFormat.CountAuthorities(bundle) > 0)
        ? FileFormat.Write(_bundles)
        : throw new SpiffeException(SpiffeErrorReason.BundleInvalid, "There is no authority in any bundle for the bundle map.");

    private byte[] GetContent(SpiffeBundle bundle) => FileFormat.CountAuthorities(bundle) > 0
        ? FileFormat.Write([bundle])
        : throw new SpiffeException(
            // A file without authorities would make whoever reads it refuse every peer, and say nothing of the reason.
            SpiffeErrorReason.BundleInvalid,
            $"The bundle of '{bundle.TrustDomain}' has no authority that the format {Format} could hold.");
}
