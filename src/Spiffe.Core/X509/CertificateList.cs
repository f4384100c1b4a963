using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spiffe;

/// <summary>Certificates as the Workload API sends them, DER, one behind the other, and as files hold them (Workload API, section 5.1).</summary>
internal static class CertificateList
{
    private const byte SequenceTag = 0x30;
    private const byte LongLength = 0x80;
    private const string Begin = "-----BEGIN";
    private const string End = "-----END";
    private const string Dashes = "-----";

    /// <summary>Reads every certificate up to the last byte.</summary>
    /// <exception cref="SpiffeException"><paramref name="reason"/>: none, not DER, or bytes are left over.</exception>
    public static List<X509Certificate2> ParseDer(ReadOnlyMemory<byte> der, SpiffeErrorReason reason, string what) =>
        ReadDer(der, reason, () => what).ConvertAll(certificate => certificate.Loaded);

    /// <summary>Reads every certificate up to the last byte, and loads none that is in order.</summary>
    /// <exception cref="SpiffeException"><paramref name="reason"/>: none, not DER, or bytes are left over.</exception>
    public static List<EncodedCertificate> ReadDer(ReadOnlyMemory<byte> der, SpiffeErrorReason reason, Func<string> describe)
    {
        List<EncodedCertificate> certificates = [];
        try
        {
            // The certificate loader reads the first of several and is silent about the rest: split them here.
            AsnReader reader = new(der, AsnEncodingRules.DER);
            while (reader.HasData)
            {
                ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
                reader.ReadSequence();
                certificates.Add(EncodedCertificate.Read(encoded));
            }
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            throw new SpiffeException(
                reason,
                certificates.Count == 0
                    ? $"{describe()} is not a certificate in DER."
                    : $"{describe()} has bytes after certificate {certificates.Count} that are not another one in DER.",
                exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new SpiffeException(reason, $"{describe()} is empty; expected DER certificates.");
    }

    /// <summary>Reads the certificates of a PEM or DER file; text between PEM blocks is allowed, other blocks are not.</summary>
    /// <exception cref="SpiffeException"><paramref name="reason"/>: none, or anything that is not a whole certificate.</exception>
    public static List<X509Certificate2> ParseFile(ReadOnlyMemory<byte> content, SpiffeErrorReason reason, string what) =>
        IsDer(content.Span) ? ParseDer(content, reason, what) : ParsePem(Encoding.Latin1.GetString(content.Span), reason, what);

    /// <summary>Whether it begins as a DER certificate does: with a long sequence, which no text begins like.</summary>
    public static bool IsDer(ReadOnlySpan<byte> content) =>
        content.Length > 1 && content[0] == SequenceTag && content[1] >= LongLength;

    /// <summary>Reads the certificates of PEM text.</summary>
    /// <exception cref="SpiffeException"><paramref name="reason"/>: none, or anything that is not a whole certificate.</exception>
    public static List<X509Certificate2> ParsePem(ReadOnlySpan<char> text, SpiffeErrorReason reason, string what)
    {
        List<X509Certificate2> certificates = [];
        for (int start = text.IndexOf(Begin); start >= 0; start = text.IndexOf(Begin))
        {
            string place = $"{what}, block {certificates.Count + 1}";
            ReadOnlySpan<char> before = text[..start];
            RequireNoEnd(before, reason, place);
            ReadOnlySpan<char> block = text.Slice(start, FindBlockLength(text[start..]));
            text = text[(start + block.Length)..];
            if (!PemEncoding.TryFind(block, out PemFields fields) ||
                block[fields.Location].Length != block.Length ||
                !(before.IsEmpty || char.IsWhiteSpace(before[^1])) ||
                !(text.IsEmpty || char.IsWhiteSpace(text[0])))
            {
                throw NotWhole(reason, place);
            }

            if (block[fields.Label] is not "CERTIFICATE")
            {
                throw new SpiffeException(
                    reason, $"{place}, is of the kind {Quoted.Text(block[fields.Label])}; expected CERTIFICATE only.");
            }

            List<X509Certificate2> found = ParseDer(Convert.FromBase64String(block[fields.Base64Data].ToString()), reason, place);
            if (found.Count > 1)
            {
                throw new SpiffeException(reason, $"{place}, holds {found.Count} certificates; expected one.");
            }

            certificates.Add(found[0]);
        }

        RequireNoEnd(text, reason, what);
        return certificates.Count > 0
            ? certificates
            : throw new SpiffeException(reason, $"{what} holds no certificate; expected PEM or DER.");
    }

    /// <summary>
    /// The length of the block that a text begins with; 0 where it has no end. The base library's search passes silently over
    /// a boundary that does not fit, and looks from each one to the end of the text.
    /// </summary>
    private static int FindBlockLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf(End);
        if (end < 0 || text[Begin.Length..end].Contains(Begin, StringComparison.Ordinal))
        {
            return 0;
        }

        int dashes = text[(end + End.Length)..].IndexOf(Dashes);
        return dashes < 0 ? 0 : end + End.Length + dashes + Dashes.Length;
    }

    private static void RequireNoEnd(ReadOnlySpan<char> text, SpiffeErrorReason reason, string place)
    {
        if (text.Contains(End, StringComparison.Ordinal))
        {
            throw NotWhole(reason, place);
        }
    }

    private static SpiffeException NotWhole(SpiffeErrorReason reason, string place) =>
        new(reason, $"{place}, is a PEM block that is not whole.");

    public static byte[] ToDer(IEnumerable<EncodedCertificate> certificates) =>
        [.. certificates.SelectMany(certificate => certificate.Der.ToArray())];

    public static string ToPem(IEnumerable<X509Certificate2> certificates) =>
        string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    /// <summary>Whether both hold the same certificates, byte for byte, in the same order.</summary>
    public static bool AreEqual(IReadOnlyList<EncodedCertificate> left, IReadOnlyList<EncodedCertificate> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.Der.Span.SequenceEqual(pair.Second.Der.Span));
}
