using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spiffe;

/// <summary>X509-SVIDs as the contents of files.</summary>
internal static class SvidFiles
{
    /// <summary>The files of one SVID in the order in which they are written: key, chain, bundle, foreign bundles.</summary>
    /// <param name="svid">The SVID with its bundles.</param>
    /// <param name="number">Its place among several, from 0.</param>
    /// <param name="folder">The absolute path of the folder that they go to.</param>
    /// <param name="options">Which files, and how.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.BundleInvalid"/>: there is no authority to write;
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/>: the private key cannot be exported.
    /// </exception>
    public static IReadOnlyList<OutputFile> Create(X509Svid svid, int number, string folder, SvidFileOptions options)
    {
        svid.RequirePrivateKey();
        SvidFileNames names = SvidFileNames.Create(options, number);
        List<OutputFile> bundles = [];
        if (names.Bundle is not null)
        {
            byte[] content = GetAuthorities(svid.Bundle, options.OmitExpired);
            bundles.Add(content.Length > 0
                ? CreatePublic(Path.Combine(folder, names.Bundle), content, options)
                : throw WithoutAuthority(svid));
        }

        if (options.IncludeFederated)
        {
            bundles.AddRange(CreateFederated(svid, folder, names, options));
        }

        return [.. CreateIdentity(svid, folder, names, options), .. bundles];
    }

    private static IEnumerable<OutputFile> CreateIdentity(
        X509Svid svid, string folder, SvidFileNames names, SvidFileOptions options)
    {
        string keyPath = Path.Combine(folder, names.Key);
        byte[] chain = Encoding.ASCII.GetBytes(CertificateList.ToPem([svid.Certificate, .. svid.Chain]));
        try
        {
            return options.Layout switch
            {
                SvidLayout.Pfx =>
                [
                    CreateSecret(keyPath, PfxFile.Create(svid, options.Password, options.PfxEncryption), options) with
                    {
                        // No two of them are equal: each is encrypted with a salt of its own.
                        IsSame = content => PfxFile.Holds(content, svid, options.Password, options.PfxEncryption),
                    },
                ],
                SvidLayout.Combined =>
                [
                    CreateSecret(keyPath, [.. PrivateKey.ToPem(svid.Certificate), .. chain], options),
                ],
                _ =>
                [
                    CreateSecret(keyPath, PrivateKey.ToPem(svid.Certificate), options),
                    CreatePublic(Path.Combine(folder, names.Certificate), chain, options),
                ],
            };
        }
        catch (CryptographicException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere,
                $"The private key of '{svid.SpiffeId}' cannot be exported: {exception.Message}",
                exception);
        }
    }

    /// <summary>
    /// A trust domain without authorities has no file: a program that reads one would refuse every peer without giving the reason.
    /// </summary>
    private static IEnumerable<OutputFile> CreateFederated(
        X509Svid svid, string folder, SvidFileNames names, SvidFileOptions options) =>
        svid.FederatedBundles
            .OrderBy(bundle => bundle.TrustDomain)
            .Select(bundle => (bundle.TrustDomain, Content: GetAuthorities(bundle, options.OmitExpired)))
            .Where(bundle => bundle.Content.Length > 0)
            .Select((bundle, index) => CreatePublic(
                Path.Combine(folder, names.GetFederated(options.Layout, index, bundle.TrustDomain)), bundle.Content, options));

    private static OutputFile CreateSecret(string path, byte[] content, SvidFileOptions options) =>
        Create(path, content, options.KeyMode, AtomicFile.PrivateMode, options.Owner);

    private static OutputFile CreatePublic(string path, byte[] content, SvidFileOptions options) =>
        Create(path, content, options.CertificateMode, AtomicFile.PublicMode, options.Owner);

    private static OutputFile Create(string path, byte[] content, UnixFileMode? asked, UnixFileMode usual, FileOwner owner) =>
        new(path, content, asked ?? usual) { Owner = owner, KeepsAccessList = asked is null };

    private static byte[] GetAuthorities(SpiffeBundle bundle, bool omitExpired)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        IEnumerable<X509Certificate2> authorities = bundle.X509Authorities.Where(authority => !omitExpired || authority.ValidUntil >= now);
        return Encoding.ASCII.GetBytes(CertificateList.ToPem(authorities));
    }

    private static SpiffeException WithoutAuthority(X509Svid svid) => new(
        SpiffeErrorReason.BundleInvalid,
        svid.Bundle.X509Authorities.Count == 0
            ? $"The bundle of '{svid.TrustDomain}' has no X.509 authority."
            : $"All X.509 authorities in the bundle of '{svid.TrustDomain}' have expired.");
}
