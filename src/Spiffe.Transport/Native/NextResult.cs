namespace Spiffe.Transport;

/// <summary>The result of waiting for a call's next message.</summary>
internal enum NextResult
{
    /// <summary>A message.</summary>
    Message = 0,

    /// <summary>The server has ended the call, without an error.</summary>
    End = 1,

    /// <summary>The call did not succeed.</summary>
    Error = 2,
}
