using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeBundle")]
[OutputType(typeof(SpiffeBundle))]
public sealed class GetSpiffeBundleCommand : BundleCommand
{
    public GetSpiffeBundleCommand() => WorkloadApiFactory.Prepare();

    [Parameter(Position = 0)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain[]? TrustDomain { get; set; }

    [Parameter]
    public BundleType Type { get; set; } = BundleType.All;

    protected override void ProcessRecord() =>
        Guard(() => WriteObject(SelectBundles(Type, TrustDomain), enumerateCollection: true));
}
