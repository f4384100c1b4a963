using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.Export, "SpiffeBundle", SupportsShouldProcess = true, DefaultParameterSetName = FetchSet)]
[OutputType(typeof(FileInfo))]
public sealed class ExportSpiffeBundleCommand : BundleCommand
{
    private const string FetchSet = "Fetch";
    private const string BundleSet = "Bundle";
    private const string UpdateSet = "Update";
    private const string WithdrawnExtension = ".withdrawn";

    private readonly List<SpiffeBundle> _bundles = [];
    private readonly HashSet<string> _written = [];
    private ExportHook? _hook;
    private bool _hasAdopted;
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
    [NotAFile]
    public SpiffeBundle[] Bundle { get; set; } = [];

    [Parameter(ParameterSetName = FetchSet)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain[]? TrustDomain { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = UpdateSet)]
    [ValidateNotNull]
    [NotAFile]
    public BundleUpdate? Update { get; set; }

    [Parameter(ParameterSetName = UpdateSet)]
    public SwitchParameter MarkWithdrawn { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? Owner { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? Group { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public ScriptBlock? OnExported { get; set; }

    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private BundleFileFormat FileFormat => BundleFileFormat.Of(Format);

    private BundleType NeededType =>
        !FileFormat.HasJwt ? BundleType.X509 : !FileFormat.HasX509 ? BundleType.Jwt : BundleType.All;

    private bool IsFolder => Directory.Exists(_target) || System.IO.Path.EndsInDirectorySeparator(_target);

    private ExistingFiles Existing => NoClobber ? ExistingFiles.Keep : Force ? ExistingFiles.ReplaceAny : ExistingFiles.Replace;

    protected override void BeginProcessing() => Guard(
        () =>
        {
            _target = ResolvePath(Path, SpiffeErrorReason.WriteFailed);
            _owner = FileOwner.Find(Owner, Group);
            _hook = new ExportHook(OnExported, _target, this);
        },
        Path);

    protected override void ProcessRecord() => Guard(() =>
    {
        if (Update is null)
        {
            _bundles.AddRange(ParameterSetName == FetchSet ? SelectBundles(NeededType, TrustDomain) : Bundle);
        }
        else if (Update.Kind != BundleUpdateKind.Retrying)
        {
            // That the source does not answer changes no bundle. What cannot be written does not end the watch.
            Try(_target, () => Replace(Update));
        }
    });

    protected override void EndProcessing()
    {
        // An empty -TrustDomain selects nothing, and what is missing has been reported.
        if (_bundles.Count > 0)
        {
            Guard(() => _hook!.Run(_bundles.ToArray(), WriteAll(_bundles)), _target);
        }
    }

    /// <summary>Writes the current bundles, and deletes what this command wrote of withdrawn ones.</summary>
    private void Replace(BundleUpdate update)
    {
        Adopt(update.Before);
        SpiffeBundle[] usable = FindUsable(update.Bundles);
        foreach (SpiffeBundle useless in update.Bundles.Except(usable))
        {
            // The Workload API gives the two kinds one after the other; a bundle without either means that all keys are withdrawn.
            Action<string> tell = useless.X509Authorities.Count + useless.JwtAuthorities.Count > 0 ? WriteVerbose : WriteWarning;
            tell($"The bundle of '{useless.TrustDomain}' has no authority that the format {Format} could hold.");
        }

        bool isWhole = usable.Length == 0 || WriteAll(FileFormat.NamesTrustDomains ? update.Bundles : usable);

        HashSet<string> current = [.. usable.Select(FindPath)];
        foreach (string path in _written.Except(current).ToArray())
        {
            isWhole &= Try(path, () => Withdraw(path));
        }

        _hook!.Run(update, isWhole);
    }

    private SpiffeBundle[] FindUsable(IReadOnlyList<SpiffeBundle> bundles) =>
        [.. bundles.Where(bundle => FileFormat.CountAuthorities(bundle) > 0)];

    /// <summary>
    /// Takes over, once, what another run of the command has written for the state before, as in a loop: what this one would have
    /// written then, as far as it is there unchanged.
    /// </summary>
    private void Adopt(IReadOnlyList<SpiffeBundle> before)
    {
        SpiffeBundle[] usable = _hasAdopted ? [] : FindUsable(before);
        IEnumerable<IReadOnlyList<SpiffeBundle>> contents =
            FileFormat.NamesTrustDomains && usable.Length > 0 ? [before] : usable.Select(bundle => new[] { bundle });
        foreach (IReadOnlyList<SpiffeBundle> content in contents)
        {
            Try(_target, () =>
            {
                OutputFile file = CreateFile(FindPath(content[0]), FileFormat.Write(content));
                if (file.IsThere())
                {
                    _written.Add(file.Path);
                }
            });
        }

        _hasAdopted = true;
    }

    private OutputFile CreateFile(string path, byte[] content) =>
        new(path, content, AtomicFile.PublicMode) { Owner = _owner, KeepsAccessList = true };

    private string FindPath(SpiffeBundle bundle) => IsFolder
        ? System.IO.Path.Combine(_target, (FileFormat.NamesTrustDomains ? "spiffe" : bundle.TrustDomain.Name) + FileFormat.Extension)
        : _target;

    /// <returns>Whether nothing went wrong.</returns>
    private bool WriteAll(IReadOnlyList<SpiffeBundle> bundles)
    {
        if (FileFormat.NamesTrustDomains)
        {
            return TryWrite(
                FindPath(bundles[0]),
                $"Write the bundles of {string.Join(", ", bundles.Select(bundle => bundle.TrustDomain))}",
                () => GetMapContent(bundles));
        }

        if (bundles.Count > 1 && !IsFolder)
        {
            // Federation, section 4.2: bundles of different trust domains are never merged.
            throw new SpiffeException(
                SpiffeErrorReason.TooManyForTarget,
                $"'{_target}' is one file, and there are {bundles.Count} bundles: " +
                $"{string.Join(", ", bundles.Select(bundle => bundle.TrustDomain))}.");
        }

        bool isWhole = true;
        foreach (SpiffeBundle bundle in bundles)
        {
            isWhole &= TryWrite(FindPath(bundle), $"Write the bundle of {bundle.TrustDomain}", () => GetContent(bundle));
        }

        return isWhole;
    }

    private bool TryWrite(string path, string action, Func<byte[]> getContent) =>
        Try(path, () => Write(path, action, getContent()));

    private void Write(string path, string action, byte[] content)
    {
        if (!ShouldProcess(path, action))
        {
            _hook!.NoteRefusal();
            return;
        }

        if (Force)
        {
            OutputFolder.Create(System.IO.Path.GetDirectoryName(path)!);
        }

        _hook!.Note(AtomicFile.Write([CreateFile(path, content)], Existing).Count > 0);
        if (_written.Add(path) && MarkWithdrawn)
        {
            AtomicFile.Delete(path + WithdrawnExtension);
        }

        if (PassThru)
        {
            WriteFile(path);
        }
    }

    private void Withdraw(string path)
    {
        string action = MarkWithdrawn ? $"Rename to *{WithdrawnExtension}, as the bundle was withdrawn" : "Delete, because the bundle was withdrawn";
        if (!ShouldProcess(path, action))
        {
            return;
        }

        if (MarkWithdrawn)
        {
            AtomicFile.Rename(path, path + WithdrawnExtension);
        }
        else
        {
            AtomicFile.Delete(path);
        }

        _written.Remove(path);
        _hook!.Note(hasChanged: true);
    }

    private byte[] GetMapContent(IReadOnlyList<SpiffeBundle> bundles) => FindUsable(bundles).Length > 0
        ? FileFormat.Write(bundles)
        : throw new SpiffeException(SpiffeErrorReason.BundleInvalid, "No bundle has an authority for the bundle map.");

    private byte[] GetContent(SpiffeBundle bundle) => FileFormat.CountAuthorities(bundle) > 0
        ? FileFormat.Write([bundle])
        : throw new SpiffeException(
            // A program that reads a file without authorities would refuse every peer without giving the reason.
            SpiffeErrorReason.BundleInvalid,
            $"The bundle of '{bundle.TrustDomain}' has no authority that the format {Format} could hold.");
}
