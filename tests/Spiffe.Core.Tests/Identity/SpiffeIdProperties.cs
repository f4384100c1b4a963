using System.Text;
using System.Text.RegularExpressions;
using FsCheck.Xunit;

namespace Spiffe.Tests.Identity;

[Properties(Arbitrary = [typeof(SpiffeIdTexts)], MaxTest = 1_000)]
public sealed partial class SpiffeIdProperties
{
    [Property]
    [Trait("Clause", "ID-13")]
    public bool What_is_printed_reads_back_the_same(SpiffeId id) =>
        SpiffeId.Parse(id.ToString()) is { } again &&
        again == id &&
        again.ToString() == id.ToString() &&
        again.GetHashCode() == id.GetHashCode();

    [Property]
    [Trait("Clause", "ID-29")]
    public bool Trust_domain_and_path_make_up_the_ID(SpiffeId id) =>
        SpiffeId.FromPath(id.TrustDomain, id.Path) == id &&
        id.TrustDomain.Id.ToString() + id.Path == id.ToString() &&
        TrustDomain.Parse(id.TrustDomain.ToString()) == id.TrustDomain;

    [Property]
    [Trait("Clause", "ID-5")]
    public bool An_ID_is_what_the_grammar_says_and_nothing_else(string text) =>
        SpiffeId.TryParse(text, out _) == (text.Length <= 2048 && Grammar().IsMatch(text));

    [Property]
    [Trait("Clause", "ID-24")]
    public bool IDs_compare_as_their_bytes_do(SpiffeId left, SpiffeId right)
    {
        int expected = Encoding.UTF8.GetBytes(left.ToString()).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.ToString()));
        return Math.Sign(left.CompareTo(right)) == Math.Sign(expected) && left.Equals(right) == (expected == 0);
    }

    [Property]
    [Trait("Clause", "ID-24")]
    public bool Trust_domains_compare_as_their_bytes_do(TrustDomain left, TrustDomain right) =>
        Math.Sign(left.CompareTo(right)) == Math.Sign(string.CompareOrdinal(left.Name, right.Name)) &&
        left.Equals(right) == (left.Name == right.Name);

    [Property]
    [Trait("Clause", "ID-23")]
    public bool An_ID_with_a_trust_domain_in_upper_case_is_none(SpiffeId id)
    {
        string upper = "spiffe://" + id.TrustDomain.Name.ToUpperInvariant() + id.Path;
        return upper == id.ToString() || !SpiffeId.TryParse(upper, out _);
    }

    // SPIFFE-ID, section 2, written down a second time and in another way.
    [GeneratedRegex(@"\Aspiffe://[a-z0-9._-]{1,255}(/(?!\.{1,2}(/|\z))[a-zA-Z0-9._-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
