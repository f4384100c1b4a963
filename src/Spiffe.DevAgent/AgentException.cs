namespace Spiffe.DevAgent;

/// <summary>The agent cannot come up; the message is its last word.</summary>
internal sealed class AgentException(string message, Exception? innerException = null) : Exception(message, innerException);
