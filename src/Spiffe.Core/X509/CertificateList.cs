using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Certificates as the Workload API sends them: DER, one behind the other (Workload API, section 5.1).</summary>
internal static class CertificateList
{
    /// <summary>Reads every certificate up to the last byte.</summary>
    /// <exception cref="SpiffeException"><paramref name="reason"/>: none, not DER, or bytes are left over.</exception>
    public static List<X509Certificate2> ParseDer(ReadOnlyMemory<byte> der, SpiffeErrorReason reason, string what)
    {
        List<X509Certificate2> certificates = [];
        try
        {
            // The certificate loader reads the first of several and is silent about the rest: split them here.
            AsnReader reader = new(der, AsnEncodingRules.DER);
            while (reader.HasData)
            {
                ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
                reader.ReadSequence();
                certificates.Add(X509CertificateLoader.LoadCertificate(encoded.Span));
            }
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            throw new SpiffeException(
                reason,
                $"{what} holds bytes after {certificates.Count} certificate(s) that are not a DER certificate.",
                exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new SpiffeException(reason, $"{what} is empty; expected DER certificates.");
    }

    public static byte[] ToDer(IEnumerable<X509Certificate2> certificates) =>
        [.. certificates.SelectMany(certificate => certificate.RawData)];

    public static string ToPem(IEnumerable<X509Certificate2> certificates) =>
        string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    /// <summary>Whether both hold the same certificates, byte for byte, in the same order.</summary>
    public static bool AreEqual(IReadOnlyList<X509Certificate2> left, IReadOnlyList<X509Certificate2> right) =>
        left.Count == right.Count &&
        left.Zip(right).All(pair => pair.First.RawDataMemory.Span.SequenceEqual(pair.Second.RawDataMemory.Span));
}
