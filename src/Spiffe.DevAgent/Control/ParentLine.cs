namespace Spiffe.DevAgent;

/// <summary>The agent's standard input: it belongs to the parent, and its end is the parent's end.</summary>
internal static class ParentLine
{
    /// <summary>The next line; null at the end. A read of standard input cannot be cancelled, so the wait for it is.</summary>
    public static Task<string?> ReadAsync(TextReader input, CancellationToken cancellationToken) =>
        Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);

    /// <summary>Returns when the input ends or the agent was told to terminate.</summary>
    public static async Task WaitForEndAsync(TextReader input, AgentLog log, CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(input, cancellationToken) is { } line)
            {
                log.Write($"a line of {line.Length} characters on standard input was not understood");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.Write("told to terminate");
        }
    }
}
