using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.ConvertFrom, "SpiffeJwt")]
[OutputType(typeof(UnverifiedJwt))]
public sealed class ConvertFromSpiffeJwtCommand : SpiffeCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Unwrap(nameof(JwtSvid.Token), IsText = true)]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string Token { get; set; } = string.Empty;

    // Without a target: the token is a secret, also one that cannot be read.
    protected override void ProcessRecord() => Try(target: null, () => WriteObject(UnverifiedJwt.Decode(Token)));
}
