using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe.Commands;

/// <summary>Looks at a socket without speaking to whoever is behind it.</summary>
internal static partial class SocketInspection
{
    // struct statx, the same on every architecture: the owner's number is its sixth 32-bit field, the mode follows
    // behind the group's (statx(2), inode(7)).
    private const int StatxSize = 256;
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;
    private const int CurrentFolder = -100;
    private const uint WantTypeModeOwner = 0x1 | 0x2 | 0x8;
    private const int TypeBits = 0xF000;
    private const int SocketBits = 0xC000;
    private const int PermissionBits = 0xFFF;

    /// <summary>Whether there is a socket, whose it is, and who may open it.</summary>
    public static DiagnosisStep Inspect(string path)
    {
        const string Step = "Socket";
        if (Directory.Exists(path))
        {
            return new DiagnosisStep(Step, StepOutcome.Failed, $"'{path}' is a folder.", "Give the path of the socket in it.");
        }

        if (!File.Exists(path))
        {
            return new DiagnosisStep(Step, StepOutcome.Failed, DescribeMissing(path), ErrorTable.Recommend(SpiffeErrorReason.EndpointNotFound));
        }

        if (OperatingSystem.IsLinux() && Read(path) is { } file)
        {
            string mode = Convert.ToString(file.Mode & PermissionBits, toBase: 8);
            return (file.Mode & TypeBits) == SocketBits
                ? new DiagnosisStep(Step, StepOutcome.Passed, $"'{path}' is a socket, mode {mode}, owned by uid {file.Owner}.")
                : new DiagnosisStep(
                    Step, StepOutcome.Failed, $"'{path}' is not a socket.", ErrorTable.Recommend(SpiffeErrorReason.EndpointNotFound));
        }

        return new DiagnosisStep(Step, StepOutcome.Passed, $"'{path}' is there.");
    }

    /// <summary>Whether somebody accepts connections there.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<DiagnosisStep> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        const string Step = "Connect";
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new DiagnosisStep(Step, StepOutcome.Passed, "Somebody accepts connections, and this account may open them.");
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
                $"Nobody accepts connections: {exception.Message.TrimEnd('.')}.",
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
            : $"There is no file '{path}'; of its folders, the last that this account sees is '{folder}'.";
    }

    [SupportedOSPlatform("linux")]
    private static (uint Owner, int Mode)? Read(string path)
    {
        byte[] buffer = new byte[StatxSize];
        return Statx(CurrentFolder, path, flags: 0, WantTypeModeOwner, buffer) == 0
            ? (BitConverter.ToUInt32(buffer, OwnerOffset), BitConverter.ToUInt16(buffer, ModeOffset))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] buffer);
}
