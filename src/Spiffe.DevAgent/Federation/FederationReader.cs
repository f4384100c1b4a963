using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Spiffe.Tls;

namespace Spiffe.DevAgent;

/// <summary>Checks with which trust domains the agent is to federate over bundle endpoints.</summary>
internal static class FederationReader
{
    /// <param name="messages">What is said.</param>
    /// <param name="fromFiles">The trust domains whose bundles come from files.</param>
    /// <param name="folder">What the paths are relative to.</param>
    /// <param name="trustDomain">The agent's own.</param>
    /// <exception cref="SettingsException">Something cannot be used, and where.</exception>
    public static IReadOnlyList<Federation> Read(
        FederationMessage?[] messages, IReadOnlyCollection<TrustDomain> fromFiles, string folder, TrustDomain trustDomain)
    {
        List<Federation> federations = [];
        foreach ((int index, FederationMessage? message) in messages.Index())
        {
            string where = $"federatesWith[{index}]";
            Federation federation = Read(message ?? throw new SettingsException($"{where} is null; expected an object."), where, folder);
            TrustDomain foreign = federation.Endpoint.TrustDomain;
            if (foreign == trustDomain)
            {
                throw new SettingsException($"{where} has '{foreign}', which is the agent's own trust domain.");
            }

            if (fromFiles.Contains(foreign) || federations.Exists(other => other.Endpoint.TrustDomain == foreign))
            {
                throw new SettingsException($"{where} has '{foreign}', whose bundle comes from elsewhere already.");
            }

            federations.Add(federation);
        }

        return federations;
    }

    private static Federation Read(FederationMessage message, string where, string folder)
    {
        TrustDomain trustDomain = SettingsException.Parse(message.TrustDomain, TrustDomain.Parse, $"{where}.trustDomain");
        return BundleEndpointReader.ReadProfile(message.Profile, $"{where}.profile") == BundleEndpointProfile.HttpsWeb
            ? ReadWeb(message, trustDomain, where, folder)
            : ReadSpiffe(message, trustDomain, where, folder);
    }

    private static Federation ReadWeb(FederationMessage message, TrustDomain trustDomain, string where, string folder)
    {
        if ((message.EndpointSpiffeId ?? message.Bundle ?? message.BundlePath) is not null)
        {
            throw new SettingsException(
                $"{where} has endpointSpiffeId or a bundle for the profile HttpsWeb, which knows neither (Federation, section 5.2.1.2).");
        }

        IReadOnlyList<X509Certificate2>? authorities = ReadAuthorities(message, where, folder);
        BundleEndpoint endpoint = SettingsException.Parse(
            message.Uri, uri => BundleEndpoint.ForHttpsWeb(trustDomain, uri, authorities), $"{where}.uri");
        return new Federation(message, endpoint, Bundle: null, BundlePath: null);
    }

    private static Federation ReadSpiffe(FederationMessage message, TrustDomain trustDomain, string where, string folder)
    {
        if ((message.CaCertificate ?? message.CaCertificatePath) is not null)
        {
            throw new SettingsException($"{where} has caCertificate for the profile HttpsSpiffe, which knows no authorities of the web.");
        }

        SpiffeId id = SettingsException.Parse(message.EndpointSpiffeId ?? string.Empty, SpiffeId.Parse, $"{where}.endpointSpiffeId");
        SpiffeBundle? bundle = message.Bundle is null ? null : SettingsException.Parse(
            message.Bundle, json => SpiffeBundle.FromSpiffeJson(id.TrustDomain, Encoding.UTF8.GetBytes(json)), $"{where}.bundle");
        BundleEndpoint endpoint = SettingsException.Parse(
            message.Uri, uri => BundleEndpoint.ForHttpsSpiffe(trustDomain, uri, id), $"{where}.uri");
        return bundle is not null && message.BundlePath is not null
            ? throw new SettingsException($"{where} has both bundle and bundlePath; expected one or the other.")
            : new Federation(message, endpoint, bundle, message.BundlePath is null ? null : Path.GetFullPath(message.BundlePath, folder));
    }

    /// <summary>The authorities of the web; null for the system's.</summary>
    private static IReadOnlyList<X509Certificate2>? ReadAuthorities(FederationMessage message, string where, string folder)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            switch (message)
            {
                case { CaCertificate: { } pem }:
                    certificates.ImportFromPem(pem);
                    break;
                case { CaCertificatePath: { } path }:
                    certificates.ImportFromPemFile(Path.GetFullPath(path, folder));
                    break;
                default:
                    return null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"{where}.caCertificate cannot be used. {exception.Message}", exception);
        }

        return certificates.Count > 0 ? [.. certificates] : throw new SettingsException($"{where}.caCertificate has no certificate.");
    }
}
