using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>What went wrong on a TLS connection, in words that say more than the outermost exception.</summary>
public static class TlsFailure
{
    private const string Alert = "alert ";

    /// <summary>The error that an exception of an established connection stands for; null where TLS has nothing to do with it.</summary>
    /// <remarks>A server of TLS 1.3 that refuses the client's SVID says so after the handshake: the next read fails.</remarks>
    public static SpiffeException? Explain(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SpiffeException known)
            {
                return ReferenceEquals(known, exception) ? known : new SpiffeException(known.Reason, known.Message, exception);
            }
        }

        return FindAlert(exception) is { } alert
            ? Create($"the peer refused this side with the alert '{alert}'", exception)
            : exception is AuthenticationException ? Create(Describe(exception), exception) : null;
    }

    internal static SpiffeException Create(string finding, Exception exception) =>
        new(SpiffeErrorReason.TlsHandshakeFailed, $"The TLS connection failed: {finding}.", exception);

    /// <summary>The peer has closed the connection without an answer, which is all that some say of a refusal.</summary>
    internal static SpiffeException CreateEnded(X509Context context, Exception exception) => new(
        SpiffeErrorReason.TlsHandshakeFailed,
        "The peer closed the connection without an answer. " + (context.Svid is { } svid
            ? $"With TLS 1.3, this also happens if the server does not allow '{svid}'."
            : "It may require an SVID, and this side presented none."),
        exception);

    internal static string Describe(Exception exception) => FindAlert(exception) is { } alert
        ? $"the peer refused this side with the alert '{alert}'"
        : Quoted.Line(Innermost(exception).Message.TrimEnd('.'));

    /// <summary>What the platform finds wrong with a chain of the web.</summary>
    internal static string Describe(X509Chain? chain) =>
        string.Join(", ", chain?.ChainStatus.Select(status => status.Status.ToString()).Distinct() ?? []);

    /// <summary>The alert's name as the platform reports it, for example <c>bad certificate</c> (RFC 8446, section 6.2).</summary>
    private static string? FindAlert(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            int start = inner.Message.IndexOf(Alert, StringComparison.Ordinal);
            if (start >= 0 && inner.Message.Contains("SSL routines", StringComparison.Ordinal))
            {
                return Quoted.Line(inner.Message.AsSpan(start + Alert.Length));
            }
        }

        return null;
    }

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
