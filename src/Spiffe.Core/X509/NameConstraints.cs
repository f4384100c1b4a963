using System.Formats.Asn1;

namespace Spiffe;

/// <summary>Which names may stand in certificates below a signer (RFC 5280, section 4.2.1.10).</summary>
internal sealed class NameConstraints
{
    // Every name is held against every constraint: enough for any real certificate, and an end to those that were made to be slow.
    private const int MaxComparisons = 100_000;

    private static readonly Asn1Tag s_permitted = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag s_excluded = new(TagClass.ContextSpecific, 1);

    private readonly IReadOnlyList<GeneralName> _permitted;
    private readonly IReadOnlyList<GeneralName> _excluded;

    private NameConstraints(IReadOnlyList<GeneralName> permitted, IReadOnlyList<GeneralName> excluded)
    {
        _permitted = permitted;
        _excluded = excluded;
    }

    /// <exception cref="AsnContentException">It is not what the section says.</exception>
    public static NameConstraints Read(AsnReader constraints)
    {
        List<GeneralName> permitted = ReadSubtrees(constraints, s_permitted);
        List<GeneralName> excluded = ReadSubtrees(constraints, s_excluded);
        constraints.ThrowIfNotEmpty();
        return permitted.Count + excluded.Count > 0
            ? new NameConstraints(permitted, excluded)
            : throw new AsnContentException("The name constraints name nothing.");
    }

    /// <summary>The first name of a certificate that is not allowed, for messages; null where all are.</summary>
    public string? FindBreach(CertificateContent certificate)
    {
        try
        {
            return Find(certificate);
        }
        catch (AsnContentException)
        {
            return "a name that is not valid DER is there";
        }
    }

    private string? Find(CertificateContent certificate)
    {
        if ((certificate.Extensions.AlternativeNames.Count + 1L) * (_permitted.Count + _excluded.Count) > MaxComparisons)
        {
            return $"more than {MaxComparisons} names times constraints are there";
        }

        foreach (GeneralName name in GetNames(certificate))
        {
            if (_excluded.Any(constraint => IsUndecidable(constraint, name) || NameMatch.Covers(constraint, name)))
            {
                return $"{Describe(name)} is excluded";
            }

            GeneralName[] permitted = [.. _permitted.Where(constraint => constraint.Kind == name.Kind)];
            if (permitted.Length > 0 && !Array.Exists(permitted, constraint => NameMatch.Covers(constraint, name)))
            {
                return $"{Describe(name)} is not among those permitted";
            }
        }

        return null;
    }

    /// <summary>
    /// A constraint on a kind of name that cannot be compared here forbids that kind, as does one on URIs for a URI without
    /// a host name (RFC 5280, section 4.2.1.10).
    /// </summary>
    private static bool IsUndecidable(GeneralName constraint, GeneralName name) =>
        constraint.Kind == name.Kind && !NameMatch.CanDecide(name);

    private static IEnumerable<GeneralName> GetNames(CertificateContent certificate) => certificate.HasEmptySubject
        ? certificate.Extensions.AlternativeNames
        : certificate.Extensions.AlternativeNames.Prepend(
            new GeneralName(GeneralNameKind.Directory, string.Empty, certificate.Subject));

    private static List<GeneralName> ReadSubtrees(AsnReader constraints, Asn1Tag tag)
    {
        List<GeneralName> names = [];
        if (!constraints.HasData || !constraints.PeekTag().HasSameClassAndValue(tag))
        {
            return names;
        }

        AsnReader subtrees = constraints.ReadSequence(tag);
        while (subtrees.HasData)
        {
            AsnReader subtree = subtrees.ReadSequence();
            names.Add(GeneralName.Read(subtree));

            // Minimum and maximum are not used with any name form.
            subtree.ThrowIfNotEmpty();
        }

        return names;
    }

    private static string Describe(GeneralName name) => name.Kind switch
    {
        GeneralNameKind.Email or GeneralNameKind.Dns or GeneralNameKind.Uri => Quoted.Text(name.Text),
        GeneralNameKind.Directory => CertificateContent.Describe(name.Octets),
        _ => $"a name of kind {name.Kind}",
    };
}
