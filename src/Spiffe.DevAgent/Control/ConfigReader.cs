using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>Reads and checks what may change while the agent runs.</summary>
internal static class ConfigReader
{
    /// <exception cref="SettingsException">The file cannot be read, or says something that cannot be used, and where.</exception>
    public static AgentConfig ReadFile(string path, TrustDomain trustDomain, TimeSpan svidTtl)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), Path.GetDirectoryName(path)!, trustDomain, svidTtl);
        }
        catch (SettingsException exception)
        {
            throw new SettingsException($"The configuration '{path}' cannot be used. {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The configuration cannot be read. {exception.Message}", exception);
        }
    }

    /// <param name="message">What is said.</param>
    /// <param name="folder">What the files' paths are relative to.</param>
    /// <param name="trustDomain">The agent's own.</param>
    /// <param name="svidTtl">The life of SVIDs where an entry does not say.</param>
    /// <exception cref="SettingsException">Something cannot be used, and where.</exception>
    public static AgentConfig Check(ConfigMessage message, string folder, TrustDomain trustDomain, TimeSpan svidTtl)
    {
        Dictionary<TrustDomain, string> files = [];
        foreach ((string name, string path) in message.FederatedBundles)
        {
            TrustDomain foreign = SettingsException.Parse(name, TrustDomain.Parse, "federatedBundles");
            if (foreign == trustDomain)
            {
                throw new SettingsException($"federatedBundles has '{name}', which is the agent's own trust domain.");
            }

            files[foreign] = path.Length > 0
                ? Path.GetFullPath(path, folder)
                : throw new SettingsException($"federatedBundles.{name} is empty; expected the path of a file.");
        }

        AgentConfig config = new(Entries: null, files, FederationReader.Read(message.FederatesWith, files.Keys, folder, trustDomain));
        return message.Entries is null
            ? config
            : config with { Entries = new EntryReader(trustDomain, svidTtl, config.Federated).Read(message.Entries) };
    }

    private static AgentConfig Parse(byte[] json, string folder, TrustDomain trustDomain, TimeSpan svidTtl)
    {
        try
        {
            ConfigMessage message = JsonSerializer.Deserialize(json, AgentJson.Default.ConfigMessage)
                ?? throw new SettingsException("It is 'null'; expected a JSON object.");
            return Check(message, folder, trustDomain, svidTtl);
        }
        catch (JsonException exception)
        {
            throw new SettingsException(JsonFault.Describe(exception), exception);
        }
    }
}
