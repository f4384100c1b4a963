using System.Management.Automation;
using Spiffe.Tls;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Watch, "SpiffeFederatedBundle")]
[OutputType(typeof(BundleUpdate))]
public sealed class WatchSpiffeFederatedBundleCommand : BundleEndpointCommand
{
    private const int MaxIntervalSec = 30 * 86_400;

    [Parameter]
    [ValidateRange(1, MaxIntervalSec)]
    [NotAFile]
    public int? IntervalSec { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NotAFile]
    public int Count { get; set; } = int.MaxValue;

    [Parameter]
    public SwitchParameter IncludeRetry { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        BundleFetch fetch = new(CreateEndpoint(), CreateBundleSource());
        PollInterval interval = IntervalSec is { } seconds ? PollInterval.Every(TimeSpan.FromSeconds(seconds)) : new PollInterval();
        BundleHistory history = new(_ => true, IncludeRetry);
        int written = 0;
        foreach (WatchEvent<IReadOnlyList<SpiffeBundle>> news in
            fetch.WatchAsync(interval, PipelineStopToken).ToBlockingEnumerable(PipelineStopToken))
        {
            Tell(news);
            if (history.Apply(news) is { } update)
            {
                WriteObject(update);
                if (++written == Count)
                {
                    return;
                }
            }
        }
    });

    private void Tell(WatchEvent<IReadOnlyList<SpiffeBundle>> news)
    {
        switch (news)
        {
            case { Error: { } error, RetryIn: { } retryIn } when !IncludeRetry:
                WriteWarning($"{error.Message} The known state stays in use; next attempt in {retryIn.TotalSeconds:0} s.");
                break;
            case { Value: [{ X509Authorities.Count: 0, JwtAuthorities.Count: 0 } empty] }:
                WriteWarning($"The bundle of '{empty.TrustDomain}' has no authority: no SVID of that trust domain can be trusted.");
                break;
        }
    }
}
