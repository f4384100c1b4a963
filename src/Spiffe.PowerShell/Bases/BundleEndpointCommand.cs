using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that ask bundle endpoints.</summary>
public abstract class BundleEndpointCommand : SpiffeCommand
{
    private const int MaxRedirection = 5;

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string Uri { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 1)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain TrustDomain { get; set; } = null!;

    [Parameter(Mandatory = true, Position = 2)]
    public BundleEndpointProfile Profile { get; set; }

    [Parameter]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    public SpiffeId? EndpointSpiffeId { get; set; }

    [Parameter]
    [Live]
    [ValidateNotNull]
    [NotAFile]
    public SpiffeBundle[]? Bundle { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BundlePath { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public X509Certificate2[]? CaCertificate { get; set; }

    [Parameter]
    [ValidateRange(0, MaxRedirection)]
    [NotAFile]
    public int MaximumRedirection { get; set; } = MaxRedirection;

    private protected override object? ErrorTarget => Uri;

    /// <summary>Where the bundle is fetched.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.ProfileMismatch"/> or <see cref="SpiffeErrorReason.BundleEndpointInvalid"/>.
    /// </exception>
    private protected BundleEndpoint CreateEndpoint()
    {
        if (FindMismatch() is { } mismatch)
        {
            throw new SpiffeException(SpiffeErrorReason.ProfileMismatch, mismatch);
        }

        BundleEndpoint endpoint = Profile == BundleEndpointProfile.HttpsWeb
            ? BundleEndpoint.ForHttpsWeb(TrustDomain, Uri, CaCertificate)
            : BundleEndpoint.ForHttpsSpiffe(TrustDomain, Uri, EndpointSpiffeId!);
        return endpoint with { MaximumRedirection = MaximumRedirection };
    }

    /// <summary>Returns the bundle that verifies the endpoint; a file is read again each time.</summary>
    private protected Func<SpiffeBundle?> CreateBundleSource()
    {
        TrustDomain? trustDomain = EndpointSpiffeId?.TrustDomain;
        if (BundlePath is null)
        {
            // One of another trust domain is better reported than passed over.
            SpiffeBundle? given = Bundle?.FirstOrDefault(bundle => bundle.TrustDomain == trustDomain) ?? Bundle?.FirstOrDefault();
            return () => given;
        }

        string path = ResolvePath(BundlePath, SpiffeErrorReason.ReadFailed);
        return () => BundleFile.Read(path, trustDomain!);
    }

    private string? FindMismatch() => Profile switch
    {
        BundleEndpointProfile.HttpsWeb when EndpointSpiffeId is not null || Bundle is not null || BundlePath is not null =>
            "The profile HttpsWeb does not use -EndpointSpiffeId, -Bundle or -BundlePath: the server presents a web certificate.",
        BundleEndpointProfile.HttpsSpiffe when EndpointSpiffeId is null =>
            "The profile HttpsSpiffe needs -EndpointSpiffeId, the identity that the server must have.",
        BundleEndpointProfile.HttpsSpiffe when Bundle is null == BundlePath is null =>
            "The profile HttpsSpiffe needs a bundle to verify the server with: either -Bundle or -BundlePath.",
        BundleEndpointProfile.HttpsSpiffe when CaCertificate is not null =>
            "The profile HttpsSpiffe does not use -CaCertificate: the server presents an X509-SVID.",
        _ => null,
    };
}
