using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>Reads and checks the settings.</summary>
internal static class SettingsReader
{
    /// <exception cref="SettingsException">Something is missing, unknown or out of range.</exception>
    public static AgentSettings Read(string? line)
    {
        try
        {
            return Check(JsonSerializer.Deserialize(line ?? string.Empty, ContractJson.Default.SettingsMessage)
                ?? throw new SettingsException("The settings are 'null'; expected a JSON object."));
        }
        catch (JsonException exception)
        {
            throw new SettingsException($"The settings are not the JSON that was expected: {JsonFault.Describe(exception)}", exception);
        }
    }

    private static AgentSettings Check(SettingsMessage message)
    {
        TrustDomain trustDomain = SettingsException.Parse(message.TrustDomain, TrustDomain.Parse, "trustDomain");
        TimeSpan svidTtl = EntryReader.ReadTtl(message.SvidTtlSec, "svidTtlSec");
        if (message.AuthorityTtlSec is < AgentLimits.MinAuthorityTtlSec or > AgentLimits.MaxAuthorityTtlSec)
        {
            throw new SettingsException(
                $"authorityTtlSec is {message.AuthorityTtlSec}; expected {AgentLimits.MinAuthorityTtlSec} to {AgentLimits.MaxAuthorityTtlSec}.");
        }

        if (message.ConfigPath is not null &&
            (message.Entries is not null || message.FederatedBundles.Count > 0 || message.FederatesWith.Length > 0))
        {
            throw new SettingsException(
                "configPath is given beside entries, federatedBundles or federatesWith; expected one or the other.");
        }

        AgentSettings settings = new(trustDomain)
        {
            Endpoint = message.Endpoint is null
                ? null
                : SettingsException.Parse(message.Endpoint, WorkloadApiEndpoint.Parse, "endpoint"),
            SvidTtl = svidTtl,
            AuthorityTtl = TimeSpan.FromSeconds(message.AuthorityTtlSec),
            Config = message.ConfigPath is null
                ? ConfigReader.Check(
                    new ConfigMessage
                    {
                        Entries = message.Entries,
                        FederatedBundles = message.FederatedBundles,
                        FederatesWith = message.FederatesWith,
                    },
                    Environment.CurrentDirectory,
                    trustDomain,
                    svidTtl)
                : ConfigReader.ReadFile(message.ConfigPath, trustDomain, svidTtl),
            ConfigPath = message.ConfigPath,
            DataPath = message.DataPath,
            BundlePath = message.BundlePath,
            LogPath = message.LogPath,
        };
        return BundleEndpointReader.Read(message, settings);
    }
}
