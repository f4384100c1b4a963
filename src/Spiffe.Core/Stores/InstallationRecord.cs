using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Spiffe;

/// <summary>The module's note that it has put one certificate, and no other, into a store.</summary>
internal sealed class InstallationRecord
{
    /// <summary>The SHA-256 of the certificate's DER in hexadecimal: what makes the record speak of this certificate alone.</summary>
    public string Sha256 { get; set; } = string.Empty;

    public string Thumbprint { get; set; } = string.Empty;

    public string Hint { get; set; } = string.Empty;

    public DateTimeOffset InstalledAt { get; set; }

    /// <summary>Whether a script of <c>-OnInstalled</c> was run for it to its end.</summary>
    public bool IsHandedOver { get; set; }

    /// <summary>Whether it is an intermediate of an SVID and not an SVID.</summary>
    public bool IsIntermediate { get; set; }

    public static InstallationRecord Create(X509Certificate2 certificate, string hint, bool isIntermediate) => new()
    {
        Sha256 = HashOf(certificate),
        Thumbprint = certificate.Thumbprint,
        Hint = hint,
        InstalledAt = DateTimeOffset.UtcNow,
        IsIntermediate = isIntermediate,
    };

    public static string HashOf(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <exception cref="FormatException">It is not a record, or that of another certificate.</exception>
    public static InstallationRecord Parse(ReadOnlySpan<byte> utf8Json, X509Certificate2 certificate) =>
        Parse(utf8Json) is { } record && record.Sha256 == HashOf(certificate)
            ? record
            : throw new FormatException("it names another certificate");

    /// <exception cref="FormatException">It is not a record.</exception>
    public static InstallationRecord Parse(ReadOnlySpan<byte> utf8Json)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8Json, StoreJson.Default.InstallationRecord)
                is { Sha256: not null, Thumbprint: not null, Hint: not null } record
                ? record
                : throw new FormatException("members of a record are missing");
        }
        catch (JsonException exception)
        {
            throw new FormatException("it is not the JSON of a record", exception);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StoreJson.Default.InstallationRecord);
}
