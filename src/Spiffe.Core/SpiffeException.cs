namespace Spiffe;

/// <summary>The one exception that this library throws for what is not the caller's programming error.</summary>
/// <remarks>The message says what happened and to what. It never contains a private key or a token.</remarks>
public sealed class SpiffeException : Exception
{
    /// <summary>Creates an exception for <paramref name="reason"/>.</summary>
    public SpiffeException(SpiffeErrorReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>What kind of thing went wrong; stable, and the base of the cmdlets' error ids.</summary>
    public SpiffeErrorReason Reason { get; }
}
