using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.Import, "SpiffeBundle", DefaultParameterSetName = PathSet)]
[OutputType(typeof(SpiffeBundle))]
public sealed class ImportSpiffeBundleCommand : SpiffeCommand
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

    [Parameter(Position = 1)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain? TrustDomain { get; set; }

    [Parameter]
    public BundleFormat? Format { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        foreach (string path in ResolveFiles(Path, LiteralPath))
        {
            Try(path, () => WriteObject(Import(path), enumerateCollection: true));
        }
    });

    private IReadOnlyList<SpiffeBundle> Import(string path)
    {
        byte[] content = BoundedFile.Read(path, PipelineStopToken);
        BundleFormat format = Format ?? BundleFile.FindFormat(content) ?? throw new SpiffeException(
            SpiffeErrorReason.BundleInvalid, $"The file '{path}' is not a bundle: it is neither PEM nor DER nor JSON.");
        if (TrustDomain is null && !BundleFileFormat.Of(format).NamesTrustDomains)
        {
            // Trust Domain and Bundle, section 3: the name is recorded with every bundle, and the file does not have it.
            throw new SpiffeException(
                SpiffeErrorReason.TrustDomainInvalid,
                $"The file '{path}' is of the format {format}, which does not name a trust domain. Use -TrustDomain.");
        }

        IReadOnlyList<SpiffeBundle> bundles = Parse(path, content, format);
        foreach (SpiffeBundle bundle in bundles)
        {
            WarnOfUselessAuthorities(path, bundle);
        }

        return bundles;
    }

    private SpiffeBundle[] Parse(string path, byte[] content, BundleFormat format)
    {
        IReadOnlyList<SpiffeBundle> all;
        try
        {
            all = BundleFile.Parse(content, format, TrustDomain);
        }
        catch (SpiffeException exception)
        {
            throw new SpiffeException(exception.Reason, $"The file '{path}' is not a bundle. {exception.Message}", exception);
        }

        SpiffeBundle[] selected = [.. all.Where(bundle => TrustDomain is null || bundle.TrustDomain == TrustDomain)];
        return selected.Length > 0 || all.Count == 0 ? selected : throw new SpiffeException(
            SpiffeErrorReason.BundleNotFound,
            $"The file '{path}' has no bundle of '{TrustDomain}'. It has: " +
            $"{string.Join(", ", all.Select(bundle => $"'{bundle.TrustDomain}'"))}.");
    }

    private void WarnOfUselessAuthorities(string path, SpiffeBundle bundle)
    {
        foreach (X509Certificate2 certificate in bundle.X509Authorities.Where(
            certificate => !X509SvidRules.IsCertificateAuthority(certificate)))
        {
            WriteWarning(
                $"'{path}': the certificate {certificate.Thumbprint} is not a CA, so nothing that it signed will verify (X509-SVID 4.1).");
        }
    }
}
