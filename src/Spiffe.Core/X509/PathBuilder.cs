namespace Spiffe;

/// <summary>Finds the ways from a leaf to an authority along names and signatures (RFC 5280, section 6.1).</summary>
/// <remarks>
/// Authorities are taken by their bytes from the bundle and from nowhere else; certificates that a peer sends only build
/// paths. Several authorities of one subject are all tried. Nothing is looked up in a store or on the network.
/// </remarks>
internal sealed class PathBuilder
{
    // A peer chooses what it sends: enough for any real chain, and an end to those that were made to be slow.
    private const int MaxSignatures = 64;
    private const int MaxLength = 10;

    private readonly IReadOnlyList<CertificateContent> _intermediates;
    private readonly IReadOnlyList<CertificateContent> _authorities;
    private int _signatures;

    public PathBuilder(IReadOnlyList<CertificateContent> intermediates, IReadOnlyList<CertificateContent> authorities)
    {
        _intermediates = intermediates;
        _authorities = authorities;
    }

    /// <summary>Why no path has been found so far.</summary>
    public string Finding { get; private set; } = "nothing";

    /// <summary>Complete paths, the leaf first and an authority last; every signature in them verifies.</summary>
    public IEnumerable<IReadOnlyList<CertificateContent>> FindPaths(CertificateContent leaf)
    {
        Finding = _authorities.Any(authority => authority.IsSameAs(leaf))
            ? "the certificate itself in the bundle, which does not make it an authority"
            : $"no signer of the name {CertificateContent.Describe(leaf.Issuer)}";
        return Extend([leaf]);
    }

    private IEnumerable<IReadOnlyList<CertificateContent>> Extend(List<CertificateContent> path)
    {
        CertificateContent last = path[^1];
        foreach (CertificateContent authority in _authorities.Where(candidate => Signs(candidate, path)))
        {
            yield return [.. path, authority];
        }

        if (path.Count >= MaxLength)
        {
            Finding = $"more than {MaxLength} certificates";
            yield break;
        }

        foreach (CertificateContent intermediate in _intermediates.Where(candidate => Signs(candidate, path)))
        {
            Finding = $"no authority that signed {intermediate.Describe()}";
            foreach (IReadOnlyList<CertificateContent> found in Extend([.. path, intermediate]))
            {
                yield return found;
            }
        }
    }

    private bool Signs(CertificateContent candidate, List<CertificateContent> path)
    {
        CertificateContent last = path[^1];
        if (!last.IsIssuedInTheNameOf(candidate) || path.Exists(candidate.IsSameAs))
        {
            return false;
        }

        if (_signatures++ >= MaxSignatures)
        {
            Finding = $"more than {MaxSignatures} possible signers";
            return false;
        }

        if (last.Signed.FindFault(candidate) is not { } fault)
        {
            return true;
        }

        Finding = fault;
        return false;
    }
}
