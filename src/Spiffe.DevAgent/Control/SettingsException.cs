namespace Spiffe.DevAgent;

/// <summary>The settings cannot be used; the message says which one and what was expected.</summary>
internal sealed class SettingsException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Reads a value, or says at what place it is not one.</summary>
    public static T Parse<T>(string text, Func<string, T> parse, string where)
    {
        try
        {
            return parse(text);
        }
        catch (SpiffeException exception)
        {
            throw new SettingsException($"{where} cannot be used. {exception.Message}", exception);
        }
    }
}
