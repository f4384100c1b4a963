namespace Spiffe.Commands;

/// <summary>Reads an endpoint that a user typed.</summary>
internal static class UserEndpoint
{
    /// <param name="text">An address, or the path of a socket.</param>
    /// <param name="resolve">Makes a path absolute that starts at PowerShell's location, or with <c>~</c> at home.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.EndpointInvalid"/></exception>
    public static WorkloadApiEndpoint Parse(string text, Func<string, string> resolve) => WorkloadApiEndpoint.ParseUserInput(
        text is ['/', ..] or ['\\', '\\', ..] || text.Split('/', '\\')[0].Contains(':', StringComparison.Ordinal) ? text : resolve(text));
}
