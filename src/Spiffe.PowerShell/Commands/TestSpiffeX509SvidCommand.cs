using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeX509Svid", DefaultParameterSetName = SvidSet)]
[OutputType(typeof(bool), typeof(VerificationCheck))]
public sealed class TestSpiffeX509SvidCommand : BundleCommand
{
    private const string SvidSet = "Svid";
    private const string CertificateSet = "Certificate";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private SpiffeBundle[]? _bundles;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SvidSet)]
    [ValidateNotNull]
    [NotAFile]
    public X509Svid? Svid { get; set; }

    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = CertificateSet)]
    [ValidateNotNull]
    [NotAFile]
    public X509Certificate2? Certificate { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = CertificateSet)]
    [ValidateNotNull]
    [NotAFile]
    public X509Certificate2[] Chain { get; set; } = [];

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
    [Live]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [NotAFile]
    public SpiffeBundle[]? Bundle { get; set; }

    [Parameter]
    public SvidPurpose Purpose { get; set; } = SvidPurpose.Any;

    [Parameter]
    [NotAFile]
    public DateTime At { get; set; }

    [Parameter]
    public SwitchParameter Strict { get; set; }

    [Parameter]
    public SwitchParameter CheckCrl { get; set; }

    [Parameter]
    [Unwrap(nameof(Spiffe.Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public SpiffeId[]? AllowSpiffeId { get; set; }

    [Parameter]
    [Unwrap(nameof(Spiffe.Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public TrustDomain[]? AllowTrustDomain { get; set; }

    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private X509SvidVerificationOptions Options => new()
    {
        Purpose = Purpose,
        At = MyInvocation.BoundParameters.ContainsKey(nameof(At)) ? new DateTimeOffset(At) : null,
        IsStrict = Strict,
        ChecksRevocation = CheckCrl,
    };

    protected override void ProcessRecord() => Guard(() =>
    {
        switch (ParameterSetName)
        {
            case SvidSet:
                Answer(X509SvidVerifier.Verify(Svid!, Bundle, Options));
                break;
            case CertificateSet:
                Answer(X509SvidVerifier.Verify(Certificate!, Chain, GetBundles(), Options));
                break;
            default:
                foreach (string path in ResolveFiles(Path, LiteralPath))
                {
                    TestFile(path);
                }

                break;
        }
    });

    private SpiffeBundle[] GetBundles() => Bundle ?? (_bundles ??= [.. SelectBundles(BundleType.X509, trustDomains: null)]);

    /// <summary>A file that cannot be read is an error; one that is not made of certificates is no SVID, which is an answer.</summary>
    private void TestFile(string path)
    {
        byte[] content;
        try
        {
            content = BoundedFile.Read(path, PipelineStopToken);
        }
        catch (SpiffeException exception)
        {
            WriteError(exception, path);
            return;
        }

        List<X509Certificate2> certificates;
        try
        {
            certificates = CertificateList.ParseFile(content, SpiffeErrorReason.SvidInvalid, $"The file '{path}'");
        }
        catch (SpiffeException exception)
        {
            Answer(X509SvidVerifier.Refuse(exception.Message, "whole certificates and nothing else", path));
            return;
        }

        Answer(X509SvidVerifier.Verify(certificates[0], certificates.Skip(1), GetBundles(), Options));
    }

    private void Answer(X509SvidVerification verification)
    {
        IReadOnlyList<VerificationCheck> checks = verification.SpiffeId is { } id &&
            new AllowedIdentities(AllowSpiffeId, AllowTrustDomain).Check(id) is { } authorisation
            ? [.. verification.Checks, authorisation]
            : verification.Checks;
        foreach (VerificationCheck check in checks.Where(check => check.Result != CheckResult.Passed))
        {
            WriteVerbose($"{check.Target}: {check.Result}: {check}.");
        }

        if (Detailed)
        {
            WriteObject(checks, enumerateCollection: true);
        }
        else
        {
            WriteObject(checks.All(check => check.Result != CheckResult.Failed));
        }
    }
}
