using System.Security;
using System.Security.Cryptography;

namespace Spiffe;

/// <summary>What the exceptions of a certificate store mean.</summary>
internal static class StoreFault
{
    private const int AccessDenied = unchecked((int)0x80070005);

    /// <summary>Does something with a store, and says what its exceptions mean.</summary>
    public static T Guard<T>(StorePlace place, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (Explain(exception) is { } reason)
        {
            string? owner = reason == SpiffeErrorReason.StoreAccessDenied && OperatingSystem.IsLinux() ? UnixStorePlatform.FindForeignFolder(place) : null;
            throw new SpiffeException(reason, $"The certificate store '{place}': {owner ?? Describe(exception)}", exception);
        }
    }

    /// <summary>Whether a store says that it may not be opened, and not that it does not exist.</summary>
    public static bool IsAccessDenied(CryptographicException exception) => exception.HResult == AccessDenied;

    private static SpiffeErrorReason? Explain(Exception exception) => exception switch
    {
        UnauthorizedAccessException or SecurityException => SpiffeErrorReason.StoreAccessDenied,

        // The record, where it is a file beside the certificates.
        SpiffeException { InnerException: UnauthorizedAccessException } => SpiffeErrorReason.StoreAccessDenied,
        CryptographicException { InnerException: PlatformNotSupportedException } => SpiffeErrorReason.NotSupportedHere,
        CryptographicException { InnerException: UnauthorizedAccessException } => SpiffeErrorReason.StoreAccessDenied,
        CryptographicException { HResult: AccessDenied } => SpiffeErrorReason.StoreAccessDenied,

        // The folder of the store, or the file in it, is another account's or has a mode that .NET does not accept.
        CryptographicException { InnerException: null } when !OperatingSystem.IsWindows() => SpiffeErrorReason.StoreAccessDenied,
        CryptographicException or IOException => SpiffeErrorReason.WriteFailed,
        _ => null,
    };

    private static string Describe(Exception exception) =>
        exception is CryptographicException { InnerException: IOException or UnauthorizedAccessException }
            ? $"{exception.Message} {exception.InnerException!.Message}"
            : exception.Message;
}
