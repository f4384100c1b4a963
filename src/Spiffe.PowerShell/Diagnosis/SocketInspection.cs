using System.Management.Automation;
using System.Net.Sockets;

namespace Spiffe.Commands;

/// <summary>Looks at a socket without sending anything to it.</summary>
internal static class SocketInspection
{
    private const int PermissionBits = 0xFFF;

    /// <summary>Whether there is a socket, whose it is, and who may open it.</summary>
    public static DiagnosisStep Inspect(string path, ItemCmdletProviderIntrinsics items)
    {
        const string Step = "Socket";
        if (Directory.Exists(path))
        {
            return new DiagnosisStep(Step, StepOutcome.Failed, $"'{path}' is a folder.", "Use the path of the socket in it.");
        }

        if (!File.Exists(path))
        {
            return new DiagnosisStep(Step, StepOutcome.Failed, DescribeMissing(path), ErrorTable.Recommend(SpiffeErrorReason.EndpointNotFound));
        }

        // On Unix the engine adds to an item what stat() says of it, of a link itself: follow it first.
        PSObject item = items.Get(
            [File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path], force: true, literalPath: true)[0];
        if (item.Properties["UnixStat"]?.Value is { } stat)
        {
            PSMemberInfoCollection<PSPropertyInfo> facts = PSObject.AsPSObject(stat).Properties;
            string mode = Convert.ToString((int)facts["Mode"].Value & PermissionBits, toBase: 8);
            return facts["ItemType"].Value.ToString() == "Socket"
                ? new DiagnosisStep(
                    Step, StepOutcome.Passed, $"'{path}' is a socket, mode {mode}, owned by uid {facts["UserId"].Value}.")
                : new DiagnosisStep(
                    Step, StepOutcome.Failed, $"'{path}' is not a socket.", ErrorTable.Recommend(SpiffeErrorReason.EndpointNotFound));
        }

        return new DiagnosisStep(Step, StepOutcome.Passed, $"'{path}' is there.");
    }

    /// <summary>Whether a process is listening there.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<DiagnosisStep> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        const string Step = "Connect";
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new DiagnosisStep(Step, StepOutcome.Passed, "A process is listening, and this account may connect.");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            return new DiagnosisStep(
                Step,
                StepOutcome.Failed,
                "This account may not open the socket.",
                ErrorTable.Recommend(SpiffeErrorReason.EndpointAccessDenied));
        }
        catch (SocketException exception)
        {
            return new DiagnosisStep(
                Step,
                StepOutcome.Failed,
                $"No process is listening: {exception.Message.TrimEnd('.')}.",
                ErrorTable.Recommend(SpiffeErrorReason.EndpointUnreachable));
        }
    }

    private static string DescribeMissing(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder == Path.GetDirectoryName(path)
            ? $"There is no file '{path}'."
            : $"There is no file '{path}'. The last of its folders that this account sees is '{folder}'.";
    }
}
