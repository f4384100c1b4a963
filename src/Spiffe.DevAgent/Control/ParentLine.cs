namespace Spiffe.DevAgent;

/// <summary>The agent's standard input: it belongs to the parent, and its end is the parent's end.</summary>
internal static class ParentLine
{
    /// <summary>The next line; null at the end. A read of standard input cannot be cancelled, so the wait for it is.</summary>
    public static Task<string?> ReadAsync(TextReader input, CancellationToken cancellationToken) =>
        Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);

    /// <summary>Answers each line, until the input ends or the agent is told to terminate.</summary>
    public static async Task AnswerAsync(
        TextReader input, TextWriter output, Func<string, string> answer, CancellationToken cancellationToken)
    {
        while (await ReadAsync(input, cancellationToken) is { } line)
        {
            output.WriteLine(answer(line));
        }
    }
}
