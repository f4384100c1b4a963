using System.Collections;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

/// <summary>Reads the hashtables of <c>-FederatesWith</c>.</summary>
internal static class FederationReader
{
    private static readonly string[] s_keys = ["TrustDomain", "Uri", "Profile", "EndpointSpiffeId", "Bundle", "CaCertificate"];

    /// <param name="federations">As the user wrote them.</param>
    /// <param name="resolvePath">Makes a path absolute.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.FederationInvalid"/></exception>
    public static FederationMessage[] Read(IEnumerable<Hashtable> federations, Func<string, string> resolvePath) =>
        [.. federations.Select(federation => Read(federation, resolvePath))];

    private static FederationMessage Read(Hashtable federation, Func<string, string> resolvePath)
    {
        SettingsTable table = new(federation, s_keys, "A federation", SpiffeErrorReason.FederationInvalid);
        object? bundle = Unwrap(table.Get<object>("Bundle"));
        object? authority = Unwrap(table.Get<object>("CaCertificate"));
        return new FederationMessage
        {
            TrustDomain = table.Require<TrustDomain>("TrustDomain").Name,
            Uri = table.Require<string>("Uri"),
            Profile = table.Require<BundleEndpointProfile?>("Profile")!.Value.ToString(),
            EndpointSpiffeId = table.Get<SpiffeId>("EndpointSpiffeId")?.ToString(),
            Bundle = bundle is string ? null : table.Get<SpiffeBundle>("Bundle")?.ToSpiffeJson(),
            BundlePath = bundle is string bundlePath ? resolvePath(bundlePath) : null,
            CaCertificate = authority is string ? null : WritePem(table.Get<X509Certificate2[]>("CaCertificate")),
            CaCertificatePath = authority is string authorityPath ? resolvePath(authorityPath) : null,
        };
    }

    private static object? Unwrap(object? value) => value is System.Management.Automation.PSObject wrapped ? wrapped.BaseObject : value;

    private static string? WritePem(X509Certificate2[]? certificates) => certificates is null
        ? null
        : string.Join("\n", certificates.Select(certificate => certificate.ExportCertificatePem()));
}
