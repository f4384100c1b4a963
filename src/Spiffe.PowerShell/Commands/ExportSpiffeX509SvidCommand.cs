using System.Management.Automation;
using System.Net;
using System.Security;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.Export, "SpiffeX509Svid", SupportsShouldProcess = true, DefaultParameterSetName = SvidSet)]
[OutputType(typeof(FileInfo))]
public sealed class ExportSpiffeX509SvidCommand : SpiffeCommand
{
    private const string SvidSet = "Svid";
    private const string UpdateSet = "Update";

    private readonly List<X509Svid> _svids = [];
    private readonly WrittenFiles _written = new();
    private ExportHook? _hook;
    private string _folder = string.Empty;
    private FileOwner _owner;

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    public SvidLayout Layout { get; set; } = SvidLayout.Spire;

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = SvidSet)]
    [Live]
    [ValidateNotNull]
    [NotAFile]
    public X509Svid[] Svid { get; set; } = [];

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = UpdateSet)]
    [Live]
    [ValidateNotNull]
    [NotAFile]
    public SvidUpdate? Update { get; set; }

    [Parameter]
    [FileName]
    public string? CertificateFileName { get; set; }

    [Parameter]
    [FileName]
    public string? KeyFileName { get; set; }

    [Parameter]
    [FileName]
    public string? BundleFileName { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public SecureString? Password { get; set; }

    [Parameter]
    public PfxEncryption PfxEncryption { get; set; } = PfxEncryption.Aes256;

    [Parameter]
    [UnixMode(IsSecret = true)]
    [ArgumentCompletions("0600", "0640", "0400", "0440")]
    public string? KeyMode { get; set; }

    [Parameter]
    [UnixMode]
    [ArgumentCompletions("0644", "0640", "0600", "0444")]
    public string? CertificateMode { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? Owner { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? Group { get; set; }

    [Parameter]
    public SwitchParameter IncludeFederated { get; set; }

    [Parameter]
    public SwitchParameter OmitExpired { get; set; }

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

    private ExistingFiles Existing => NoClobber ? ExistingFiles.Keep : Force ? ExistingFiles.ReplaceAny : ExistingFiles.Replace;

    protected override void BeginProcessing() => Guard(() =>
    {
        if (LayoutRules.FindFault(Layout, MyInvocation.BoundParameters) is { } fault)
        {
            throw new SpiffeException(SpiffeErrorReason.LayoutMismatch, fault);
        }

        // Once: a watch lasts long, and PowerShell's location may be another by then.
        _folder = ResolvePath(Path, SpiffeErrorReason.WriteFailed);
        _owner = FileOwner.Find(Owner, Group);
        _hook = new ExportHook(OnExported, _folder, this);
    });

    protected override void ProcessRecord() => Guard(() =>
    {
        if (Update is null)
        {
            _svids.AddRange(Svid);
            return;
        }

        X509Svid[] svids = GetX509Svids(Update);

        // That the agent does not answer changes no identity.
        if (Update.Kind != SvidUpdateKind.Retrying)
        {
            // A loop runs one command for each update: this one deletes what the one before wrote.
            _written.Adopt(
                [.. Update.Before.Cast<X509Svid>()], Layout, (svid, number) => SvidFiles.Create(svid, number, _folder, CreateOptions()));
            _hook!.Run(Update, Export(svids));
        }
    });

    protected override void EndProcessing()
    {
        if (ParameterSetName == SvidSet)
        {
            _hook!.Run(_svids.ToArray(), Export(_svids));
        }
    }

    /// <summary>What goes wrong with one SVID does not keep the others from being written, nor a later update.</summary>
    /// <returns>Whether nothing went wrong.</returns>
    private bool Export(IReadOnlyList<X509Svid> svids)
    {
        if (Layout != SvidLayout.Spire && svids.Count > 1)
        {
            WriteError(
                new SpiffeException(
                    SpiffeErrorReason.TooManyForTarget,
                    $"The layout {Layout} holds one SVID, and there are {svids.Count}: {string.Join(", ", svids)}."),
                _folder);
            return false;
        }

        bool isWhole = true;
        for (int number = 0; number < svids.Count; number++)
        {
            int place = number;
            isWhole &= Try(svids[place].SpiffeId, () => Export(svids[place], place));
        }

        foreach (int number in _written.FindNumbersFrom(svids.Count))
        {
            isWhole &= Try(_folder, () => Delete(number, _written.FindOthers(number, [])));
        }

        return isWhole;
    }

    private void Export(X509Svid svid, int number)
    {
        IReadOnlyList<OutputFile> files = SvidFiles.Create(svid, number, _folder, CreateOptions());
        if (!ShouldProcess(_folder, $"Write {Describe(files.Select(file => file.Path))} of {svid}"))
        {
            _hook!.NoteRefusal();
            return;
        }

        OutputFolder.Prepare(_folder, Existing);
        IReadOnlyList<string> changed = AtomicFile.Write(files, Existing);
        _hook!.Note(changed.Count > 0);
        WriteVerbose(changed.Count == 0
            ? $"{svid}: all files are already current."
            : $"{svid}: wrote {Describe(changed)} in {_folder}.");
        Delete(number, _written.FindOthers(number, files));
        _written.Add(number, files);
        if (PassThru)
        {
            foreach (OutputFile file in files)
            {
                WriteFile(file.Path);
            }
        }
    }

    /// <summary>Deletes what this command wrote and what must no longer be used.</summary>
    private void Delete(int number, IReadOnlyList<string> paths)
    {
        if (paths.Count > 0 && ShouldProcess(_folder, $"Delete {Describe(paths)}, whose identity or trust domain was withdrawn"))
        {
            foreach (string path in paths)
            {
                AtomicFile.Delete(path);
                _written.Remove(number, path);
                _hook!.Note(hasChanged: true);
            }

            WriteVerbose($"Deleted {Describe(paths)} in {_folder}.");
        }
    }

    private SvidFileOptions CreateOptions() => new()
    {
        Layout = Layout,
        CertificateFileName = CertificateFileName,
        KeyFileName = KeyFileName,
        BundleFileName = BundleFileName,
        KeyMode = UnixModeAttribute.Parse(KeyMode),
        CertificateMode = UnixModeAttribute.Parse(CertificateMode),
        Owner = _owner,
        IncludeFederated = IncludeFederated,
        OmitExpired = OmitExpired,
        Password = new NetworkCredential(string.Empty, Password).Password,
        PfxEncryption = PfxEncryption,
    };

    private static string Describe(IEnumerable<string> paths) => string.Join(", ", paths.Select(System.IO.Path.GetFileName));
}
