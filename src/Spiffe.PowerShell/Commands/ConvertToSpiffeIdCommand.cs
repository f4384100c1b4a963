using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsData.ConvertTo, "SpiffeId", DefaultParameterSetName = InputSet)]
[OutputType(typeof(SpiffeId))]
public sealed class ConvertToSpiffeIdCommand : SpiffeIdInputCommand
{
    private const string InputSet = "Input";
    private const string PartsSet = "Parts";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [Unwrap(nameof(Svid.SpiffeId))]
    [AllowEmptyString]
    [NotAFile]
    public object[] InputObject { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = PartsSet)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain? TrustDomain { get; set; }

    [Parameter(ParameterSetName = PartsSet)]
    [AllowEmptyString]
    [NotAFile]
    public string Path { get; set; } = string.Empty;

    protected override void ProcessRecord()
    {
        if (ParameterSetName == PartsSet)
        {
            Convert(Path, path => SpiffeId.FromPath(TrustDomain!, path));
            return;
        }

        foreach (object input in InputObject)
        {
            Convert(input, Read);
        }
    }

    private void Convert<T>(T input, Func<T, SpiffeId> convert) => Try(input, () => WriteObject(convert(input)));
}
