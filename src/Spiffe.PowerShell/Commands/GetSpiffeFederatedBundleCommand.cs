using System.Management.Automation;
using Spiffe.Tls;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeFederatedBundle")]
[OutputType(typeof(SpiffeBundle))]
public sealed class GetSpiffeFederatedBundleCommand : BundleEndpointCommand
{
    protected override void ProcessRecord() => Guard(() =>
    {
        BundleFetch fetch = new(CreateEndpoint(), CreateBundleSource());
        SpiffeBundle bundle = fetch.FetchAsync(PipelineStopToken).GetAwaiter().GetResult();
        if (bundle.X509Authorities.Count + bundle.JwtAuthorities.Count == 0)
        {
            WriteWarning($"The bundle of '{bundle.TrustDomain}' has no authority: no SVID of that trust domain can be trusted.");
        }

        WriteObject(bundle);
    });
}
