using System.Formats.Asn1;

namespace Spiffe;

/// <summary>A time in certificates and revocation lists (RFC 5280, section 4.1.2.5).</summary>
internal static class Asn1Time
{
    // RFC 5280: two digits of a year stand for 1950 to 2049.
    private const int LastTwoDigitYear = 2049;

    /// <exception cref="AsnContentException">It is neither UTCTime nor GeneralizedTime.</exception>
    public static DateTimeOffset Read(AsnReader reader) => IsNext(reader) && reader.PeekTag() == Asn1Tag.UtcTime
        ? reader.ReadUtcTime(LastTwoDigitYear)
        : reader.ReadGeneralizedTime();

    public static bool IsNext(AsnReader reader) =>
        reader.HasData && (reader.PeekTag() == Asn1Tag.UtcTime || reader.PeekTag() == Asn1Tag.GeneralizedTime);
}
