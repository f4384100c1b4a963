using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Reads the X509-SVIDs of a folder in the layouts of SPIRE's agent, of SPIFFE Helper, and of SPIFFE Filesystem Delivery.</summary>
internal sealed class SvidFolder
{
    // The draft of SPIFFE Filesystem Delivery, sections 2.1 and 2.2.
    private const string DeliveredSvid = "credential-bundle.private-key.pem";
    private const string DeliveredBundle = ".spiffe-trust-bundle.pem";

    private const string HelperSvid = "svid.pem";
    private const string HelperKey = "svid_key.pem";
    private const string HelperBundle = "svid_bundle.pem";
    private const string HelperForeignBundle = "svid_bundle.";
    private const string SpireSvid = "svid.0.pem";

    private readonly string _path;
    private readonly string? _password;
    private readonly Func<string, byte[]> _read;

    /// <param name="path">The folder.</param>
    /// <param name="password">Opens encrypted keys; null where there is none.</param>
    /// <param name="read">Reads a file, and not more of it than was agreed on.</param>
    public SvidFolder(string path, string? password, Func<string, byte[]> read)
    {
        _path = path;
        _password = password;
        _read = read;
    }

    /// <summary>What to report about the folder besides errors.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>All SVIDs of the folder.</summary>
    /// <param name="bundles">In place of those of the folder; null for those.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.SvidFileInvalid"/>, <see cref="SpiffeErrorReason.SvidInvalid"/>,
    /// <see cref="SpiffeErrorReason.BundleInvalid"/>, or what a file has that cannot be read.
    /// </exception>
    public IReadOnlyList<X509Svid> Read(IReadOnlyList<SpiffeBundle>? bundles)
    {
        string[] found = [.. new[] { SpireSvid, HelperSvid, DeliveredSvid }.Where(Exists)];
        return found switch
        {
            [SpireSvid] => [.. ReadSpire(bundles)],
            [HelperSvid] => [Create(ReadPair(HelperSvid, HelperKey), number: 0, HelperBundle, () => FindForeign(HelperForeignBundle, ".pem"), bundles)],
            [_] => [Create(ReadPair(DeliveredSvid, key: null), number: 0, own: null, () => FindForeign(string.Empty, DeliveredBundle), bundles)],
            [] => throw Invalid($"The folder '{_path}' has no SVID; expected {SpireSvid}, {HelperSvid} or {DeliveredSvid}."),
            _ => throw Invalid($"The folder '{_path}' has SVIDs in several layouts: {string.Join(", ", found)}. Give the file."),
        };
    }

    private IEnumerable<X509Svid> ReadSpire(IReadOnlyList<SpiffeBundle>? bundles)
    {
        if (bundles is null && Directory.EnumerateFiles(_path, "federated_bundle.*.pem").Any())
        {
            // The files do not name them, and their content proves nothing: the foreign authorities have written it.
            Warnings.Add($"'{_path}' has bundles of foreign trust domains, and their files do not name them. They are skipped.");
        }

        for (int number = 0; ; number++)
        {
            string n = number.ToString(CultureInfo.InvariantCulture);
            if (!Exists($"svid.{n}.pem"))
            {
                yield break;
            }

            yield return Create(ReadPair($"svid.{n}.pem", $"svid.{n}.key"), number, $"bundle.{n}.pem", () => [], bundles);
        }
    }

    /// <summary>A certificate and its key, which may be renewed between the reading of the two: then once more.</summary>
    private IReadOnlyList<X509Certificate2> ReadPair(string certificate, string? key)
    {
        string? keyPath = key is not null && Exists(key) ? InFolder(key) : null;
        try
        {
            return Read();
        }
        catch (SpiffeException exception) when (keyPath is not null && exception.Reason == SpiffeErrorReason.SvidFileInvalid)
        {
            return Read();
        }

        IReadOnlyList<X509Certificate2> Read() => SvidFile.Parse(
            _read(InFolder(certificate)), InFolder(certificate), keyPath is null ? null : _read(keyPath), keyPath, _password);
    }

    private X509Svid Create(
        IReadOnlyList<X509Certificate2> chain,
        int number,
        string? own,
        Func<IEnumerable<(TrustDomain TrustDomain, string Path)>> findNamed,
        IReadOnlyList<SpiffeBundle>? bundles)
    {
        TrustDomain trustDomain = X509SvidRules.CheckLeaf(EncodedCertificate.From(chain[0])).Id.TrustDomain;
        bundles ??= [
            .. own is not null && Exists(own) ? [ReadBundle(trustDomain, InFolder(own))] : Array.Empty<SpiffeBundle>(),
            .. findNamed().Where(file => own is null || file.TrustDomain != trustDomain).Select(file => ReadBundle(file.TrustDomain, file.Path)),
        ];
        return X509Svid.FromCertificates(chain, isDefault: number == 0, bundles);
    }

    private SpiffeBundle ReadBundle(TrustDomain trustDomain, string path)
    {
        try
        {
            return BundleFile.Parse(_read(path), BundleFormat.Pem, trustDomain)[0];
        }
        catch (SpiffeException exception) when (exception.Reason == SpiffeErrorReason.BundleInvalid)
        {
            throw new SpiffeException(exception.Reason, $"The file '{path}' is not a bundle. {exception.Message}", exception);
        }
    }

    /// <summary>The bundles that have the name of their trust domain in that of their file.</summary>
    private IEnumerable<(TrustDomain TrustDomain, string Path)> FindForeign(string prefix, string suffix)
    {
        foreach (string path in Directory.EnumerateFiles(_path, prefix + "*" + suffix).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (name.Length <= prefix.Length + suffix.Length)
            {
                continue;
            }

            string text = name[prefix.Length..^suffix.Length];
            if (TrustDomain.TryParse(text, out TrustDomain? trustDomain))
            {
                yield return (trustDomain, path);
            }
            else
            {
                Warnings.Add($"The file '{path}' is skipped: {Quoted.Text(text)} is not a trust domain.");
            }
        }
    }

    private bool Exists(string name) => File.Exists(InFolder(name));

    private string InFolder(string name) => Path.Combine(_path, name);

    private static SpiffeException Invalid(string message) => new(SpiffeErrorReason.SvidFileInvalid, message);
}
