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

    /// <param name="entries">The entries; null for one for each local user.</param>
    /// <param name="federatedBundles">Trust domains, and the file that each one's bundle is in.</param>
    /// <param name="folder">What the files' paths are relative to.</param>
    /// <param name="trustDomain">The agent's own.</param>
    /// <param name="svidTtl">The life of SVIDs where an entry does not say.</param>
    /// <exception cref="SettingsException">Something cannot be used, and where.</exception>
    public static AgentConfig Check(
        EntryMessage?[]? entries,
        IReadOnlyDictionary<string, string> federatedBundles,
        string folder,
        TrustDomain trustDomain,
        TimeSpan svidTtl)
    {
        Dictionary<TrustDomain, string> files = [];
        foreach ((string name, string path) in federatedBundles)
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

        return new AgentConfig(
            entries is null ? null : new EntryReader(trustDomain, svidTtl, files.Keys).Read(entries), files);
    }

    private static AgentConfig Parse(byte[] json, string folder, TrustDomain trustDomain, TimeSpan svidTtl)
    {
        try
        {
            ConfigMessage message = JsonSerializer.Deserialize(json, AgentJson.Default.ConfigMessage)
                ?? throw new SettingsException("It is 'null'; expected a JSON object.");
            return Check(message.Entries, message.FederatedBundles, folder, trustDomain, svidTtl);
        }
        catch (JsonException exception)
        {
            throw new SettingsException(JsonFault.Describe(exception), exception);
        }
    }
}
