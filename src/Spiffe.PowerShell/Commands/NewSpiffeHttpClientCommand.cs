using System.Management.Automation;
using Spiffe.Tls;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.New, "SpiffeHttpClient", DefaultParameterSetName = SpiffeIdSet)]
[OutputType(typeof(HttpClient))]
public sealed class NewSpiffeHttpClientCommand : WebCommand
{
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [NotAFile]
    public Uri? BaseAddress { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        if (BaseAddress is not null && !(BaseAddress.IsAbsoluteUri && BaseAddress.Scheme == Uri.UriSchemeHttps))
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, $"The base address is '{BaseAddress}'; expected one that begins with https://.");
        }

        OpenSession();
        WriteObject(new HttpClient(new SpiffeHttpHandler(FollowContext(), Rule, CreateOptions())) { BaseAddress = BaseAddress });
    });
}
