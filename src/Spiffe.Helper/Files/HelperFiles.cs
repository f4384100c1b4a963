using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spiffe.Helper;

/// <summary>SVIDs and bundles as the contents of the files that a configuration names.</summary>
internal static class HelperFiles
{
    /// <summary>All files of a configuration, the private key first.</summary>
    public static IEnumerable<string> PathsOf(HelperConfiguration configuration)
    {
        IEnumerable<string?> paths =
        [
            configuration.KeyPath, configuration.CertificatePath, configuration.BundlePath,
            configuration.JwtBundlePath, .. configuration.JwtSvids.Select(svid => svid.Path),
        ];
        return paths.OfType<string>();
    }

    /// <summary>Key, chain and bundle, and the bundles of foreign trust domains where they have files of their own.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.BundleInvalid"/>: there is no authority to write;
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/>: the private key cannot be exported.
    /// </exception>
    public static IReadOnlyList<OutputFile> CreateX509(X509Svid svid, HelperConfiguration configuration, bool hasFederatedFiles)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        X509Certificate2[] authorities = [.. svid.Bundle.X509Authorities.Where(IsWritten)];
        if (authorities.Length == 0)
        {
            throw new SpiffeException(
                SpiffeErrorReason.BundleInvalid, $"The bundle of '{svid.TrustDomain}' has no X.509 authority that has not expired.");
        }

        X509Certificate2[] intermediates = [.. svid.Chain.Where(IsWritten)];
        bool isMerged = configuration.IncludeFederatedDomains && !hasFederatedFiles;
        IEnumerable<X509Certificate2> bundle =
        [
            .. authorities,
            .. configuration.AddIntermediatesToBundle ? intermediates : [],
            .. isMerged ? Foreign(svid).SelectMany(foreign => foreign.X509Authorities).Where(IsWritten) : [],
        ];
        return
        [
            new OutputFile(configuration.KeyPath!, GetKey(svid), configuration.KeyMode),
            CreateList(configuration.CertificatePath!, [svid.Certificate, .. configuration.AddIntermediatesToBundle ? [] : intermediates]),
            CreateList(configuration.BundlePath!, bundle),
            .. hasFederatedFiles ? CreateFederated() : [],
        ];

        bool IsWritten(X509Certificate2 certificate) => !configuration.OmitExpired || certificate.ValidUntil >= now;

        OutputFile CreateList(string path, IEnumerable<X509Certificate2> certificates) =>
            new(path, Encoding.ASCII.GetBytes(CertificateList.ToPem(certificates)), configuration.CertificateMode);

        IEnumerable<OutputFile> CreateFederated() => Foreign(svid)
            .Select(foreign => (foreign.TrustDomain, Authorities: foreign.X509Authorities.Where(IsWritten).ToArray()))
            .Where(foreign => foreign.Authorities.Length > 0)
            .Select(foreign => CreateList(GetFederatedPath(configuration.BundlePath!, foreign.TrustDomain), foreign.Authorities));
    }

    /// <summary>The JWT bundles as SPIFFE Helper has them: trust domain and, in base64, its JWK Set.</summary>
    public static OutputFile CreateJwtBundle(IReadOnlyList<SpiffeBundle> bundles, HelperConfiguration configuration) =>
        new(configuration.JwtBundlePath!, JwtBundleJson.Write(bundles), configuration.JwtBundleMode);

    /// <summary>A token, without a line end.</summary>
    public static OutputFile CreateJwtSvid(JwtSvid svid, string path, HelperConfiguration configuration) =>
        new(path, Encoding.ASCII.GetBytes(svid.Token), configuration.JwtSvidMode);

    /// <summary>Whether a name is one that the file of a foreign trust domain gets.</summary>
    public static bool IsFederatedName(string name, HelperConfiguration configuration)
    {
        string prefix = Path.GetFileNameWithoutExtension(configuration.BundlePath) + ".";
        string suffix = Path.GetExtension(configuration.BundlePath) ?? string.Empty;
        return prefix.Length > 1 && name.Length > prefix.Length + suffix.Length &&
            name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal) &&
            TrustDomain.TryParse(name[prefix.Length..^suffix.Length], out _);
    }

    private static IEnumerable<SpiffeBundle> Foreign(X509Svid svid) => svid.FederatedBundles.OrderBy(bundle => bundle.TrustDomain);

    private static string GetFederatedPath(string bundlePath, TrustDomain trustDomain) => Path.Combine(
        Path.GetDirectoryName(bundlePath)!,
        $"{Path.GetFileNameWithoutExtension(bundlePath)}.{trustDomain}{Path.GetExtension(bundlePath)}");

    private static byte[] GetKey(X509Svid svid)
    {
        try
        {
            return PrivateKey.ToPem(svid.Certificate);
        }
        catch (CryptographicException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere,
                $"The private key of '{svid.SpiffeId}' cannot be exported: {exception.Message}",
                exception);
        }
    }
}
