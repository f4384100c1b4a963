using System.Collections;
using System.Globalization;

namespace Spiffe.Commands;

/// <summary>Completes the numbers of the tunnels that this process started.</summary>
internal sealed class TunnelCompleter : NameCompleter
{
    protected override IEnumerable<Choice> Find(IDictionary boundParameters) =>
        RunningTunnels.Find().Select(running => running.Describe()).Select(tunnel => new Choice(
            tunnel.Id.ToString(CultureInfo.InvariantCulture), $"{tunnel.Mode}: {tunnel.Listen} to {tunnel.Target}"));
}
