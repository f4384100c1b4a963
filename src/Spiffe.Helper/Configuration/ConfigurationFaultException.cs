namespace Spiffe.Helper;

/// <summary>What is wrong with a configuration, and where.</summary>
internal sealed class ConfigurationFaultException : FormatException
{
    public ConfigurationFaultException(FilePosition position, string message)
        : base(message) => Position = position;

    public FilePosition Position { get; }
}
