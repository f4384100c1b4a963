using System.Globalization;
using System.Net;

namespace Spiffe.DevAgent;

/// <summary>Checks where and how the agent is to serve its bundle.</summary>
internal static class BundleEndpointReader
{
    private const string DefaultPath = "/bundle-endpoint";

    // A follower may have missed one poll, and the next may come late, before the new key signs (Federation, section 4.1).
    private const int PublishedHints = 3;

    // Keys are changed between half and three quarters of an authority's life, and all of it must fit in there.
    private const int HintsInLife = 4 * PublishedHints;

    /// <summary>The settings with what the message says of the bundle and its endpoint.</summary>
    /// <exception cref="SettingsException">Something of it cannot be used.</exception>
    public static AgentSettings Read(SettingsMessage message, AgentSettings settings)
    {
        if (message.BundleRefreshHintSec is < AgentLimits.MinRefreshHintSec or > AgentLimits.MaxRefreshHintSec)
        {
            throw new SettingsException(
                $"bundleRefreshHintSec is {message.BundleRefreshHintSec}; " +
                $"expected {AgentLimits.MinRefreshHintSec} to {AgentLimits.MaxRefreshHintSec}.");
        }

        settings = settings with { RefreshHint = TimeSpan.FromSeconds(message.BundleRefreshHintSec) };
        if (message.BundleEndpoint is null)
        {
            return settings;
        }

        TimeSpan publishAhead = PublishedHints * settings.RefreshHint;
        return settings.RefreshHint * HintsInLife <= settings.AuthorityTtl
            ? settings with
            {
                BundleEndpoint = Read(message.BundleEndpoint, settings.TrustDomain),
                PublishAhead = publishAhead > settings.PublishAhead ? publishAhead : settings.PublishAhead,
            }
            : throw new SettingsException(
                $"authorityTtlSec is {message.AuthorityTtlSec}; with a bundle endpoint and a bundleRefreshHintSec of " +
                $"{message.BundleRefreshHintSec} expected at least {HintsInLife * message.BundleRefreshHintSec}, so that followers learn " +
                "of each key before it signs.");
    }

    private static BundleEndpointSettings Read(BundleEndpointMessage message, TrustDomain trustDomain)
    {
        BundleEndpointProfile profile = ReadProfile(message.Profile, "bundleEndpoint.profile");
        SpiffeId id = message.SpiffeId is null
            ? SpiffeId.Parse(trustDomain.Id + DefaultPath)
            : SettingsException.Parse(message.SpiffeId, SpiffeId.Parse, "bundleEndpoint.spiffeId");
        if (!id.IsMemberOf(trustDomain) || !id.HasPath)
        {
            throw new SettingsException(
                $"bundleEndpoint.spiffeId is '{id}'; expected an ID with a path in the trust domain '{trustDomain}'.");
        }

        if (profile == BundleEndpointProfile.HttpsSpiffe && (message.CertificatePath ?? message.KeyPath) is not null)
        {
            throw new SettingsException("bundleEndpoint has a certificate for the profile HttpsSpiffe, which shows an X509-SVID.");
        }

        return message.KeyPath is null || message.CertificatePath is not null
            ? new BundleEndpointSettings(ReadAddress(message.Address), profile, id)
            {
                CertificatePath = message.CertificatePath,
                KeyPath = message.KeyPath,
            }
            : throw new SettingsException("bundleEndpoint has a key and no certificate.");
    }

    public static BundleEndpointProfile ReadProfile(string name, string where) =>
        Enum.GetNames<BundleEndpointProfile>().Contains(name, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<BundleEndpointProfile>(name, ignoreCase: true)
            : throw new SettingsException(
                $"{where} is {Quoted.Text(name)}; expected one of {string.Join(", ", Enum.GetNames<BundleEndpointProfile>())}.");

    private static IPEndPoint ReadAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? string.Empty : text[..colon];
        IPAddress? address = host is ['[', .. var inside, ']'] ? IPLiteral.ReadVersion6(inside) : IPLiteral.ReadVersion4(host);
        if (address is null || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new SettingsException(
                $"bundleEndpoint.address is {Quoted.Text(text)}; expected an IP address and a port, such as 127.0.0.1:8443.");
        }

        return IPAddress.IsLoopback(address)
            ? new IPEndPoint(address, port)
            : throw new SettingsException(
                $"bundleEndpoint.address is {Quoted.Text(text)}; a development agent serves this machine only: expected a loopback " +
                "address such as 127.0.0.1:8443.");
    }
}
