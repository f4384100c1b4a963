using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>The user's script that tells a service of its new certificate.</summary>
internal static class OnInstalledScript
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="script">The script.</param>
    /// <param name="svid">Its <c>$_</c>.</param>
    /// <returns>Null, or the error record that says what went wrong.</returns>
    public static ErrorRecord? Run(UserScript script, InstalledSvid svid)
    {
        IReadOnlyList<ErrorRecord> errors = script.Run(svid);
        return errors.Count == 0 ? null : ErrorTable.CreateRecord(
            new SpiffeException(
                SpiffeErrorReason.OnInstalledFailed,
                $"The script of -OnInstalled had an error for '{svid}' ({svid.Thumbprint}), so nothing is pruned: " +
                string.Join(' ', errors),
                errors[0].Exception),
            svid);
    }
}
