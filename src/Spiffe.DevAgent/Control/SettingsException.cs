namespace Spiffe.DevAgent;

/// <summary>The settings cannot be used; the message says which one and what was expected.</summary>
internal sealed class SettingsException(string message, Exception? innerException = null)
    : Exception(message, innerException);
