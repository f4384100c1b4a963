using System.IO.Pipes;
using System.Net.Sockets;
using System.Security.Principal;

namespace Spiffe.Transport;

/// <summary>Opens named pipes of this machine. Where there are none, .NET has sockets in the temporary folder in their place.</summary>
internal static class PipeConnector
{
    private const string ThisMachine = ".";

    // Where all instances of a pipe are taken, its server makes another one at once.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <exception cref="SpiffeException">What is in the way, in words that name the endpoint.</exception>
    public static async ValueTask<Stream> ConnectAsync(WorkloadApiEndpoint endpoint, CancellationToken cancellationToken)
    {
        // .NET would wait for a pipe that is not there yet.
        if (!IsThere(endpoint.Address))
        {
            throw new SpiffeException(SpiffeErrorReason.EndpointNotFound, $"There is no pipe {endpoint}.");
        }

        // The agent asks the kernel who we are; nothing about this account has to travel through the pipe.
        NamedPipeClientStream pipe = new(
            ThisMachine,
            endpoint.Address,
            PipeDirection.InOut,
            PipeOptions.Asynchronous | PipeOptions.WriteThrough,
            TokenImpersonationLevel.Anonymous);
        try
        {
            await pipe.ConnectAsync(s_patience, cancellationToken).ConfigureAwait(false);
            return pipe;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or SocketException or UnauthorizedAccessException)
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw Explain(endpoint, exception);
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Looks at the list of pipes on Windows: to look at the pipe itself would take one of its instances.</summary>
    private static bool IsThere(string name) => OperatingSystem.IsWindows()
        ? Directory.EnumerateFiles(@"\\.\pipe\").Any(path => path.EndsWith(@"\pipe\" + name, StringComparison.OrdinalIgnoreCase))
        : File.Exists(Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + name));

    private static SpiffeException Explain(WorkloadApiEndpoint endpoint, Exception exception) => exception switch
    {
        UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied } => new SpiffeException(
            SpiffeErrorReason.EndpointAccessDenied, $"This account may not open the pipe {endpoint}.", exception),
        _ => new SpiffeException(
            SpiffeErrorReason.EndpointUnreachable,
            $"The pipe {endpoint} does not accept a connection: {exception.Message.TrimEnd('.')}.",
            exception),
    };
}
