using System.Collections.ObjectModel;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A certificate revocation list, as an agent may send one along (Workload API, section 5.1; RFC 5280, section 5).</summary>
public sealed class X509RevocationList : IEquatable<X509RevocationList>
{
    // Said of a list in full by certificate authorities; nothing in them changes what the list says of a serial number.
    private const string NumberOid = "2.5.29.20";
    private const string AuthorityKeyIdentifierOid = "2.5.29.35";

    private static readonly Asn1Tag s_extensions = new(TagClass.ContextSpecific, 0);

    private readonly Dictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);
    private readonly SignedContent _signed;
    private readonly ReadOnlyMemory<byte> _issuer;
    private readonly DateTimeOffset _issuedAt;
    private readonly DateTimeOffset? _nextUpdate;

    /// <exception cref="AsnContentException">It is not one revocation list in DER.</exception>
    /// <exception cref="CryptographicException">Its issuer is not a name.</exception>
    private X509RevocationList(ReadOnlyMemory<byte> der)
    {
        RawData = der;
        AsnReader outer = new(der, AsnEncodingRules.DER);
        AsnReader list = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        _signed = SignedContent.Read(list);

        AsnReader content = new AsnReader(_signed.Content, AsnEncodingRules.DER).ReadSequence();
        if (content.PeekTag() == Asn1Tag.Integer)
        {
            content.ReadIntegerBytes();
        }

        _signed.RequireAlgorithm(content.ReadEncodedValue());
        _issuer = content.ReadEncodedValue();
        Issuer = new X500DistinguishedName(_issuer.Span).Name;
        _issuedAt = Asn1Time.Read(content);
        _nextUpdate = Asn1Time.IsNext(content) ? Asn1Time.Read(content) : null;
        if (content.HasData && content.PeekTag() == Asn1Tag.Sequence)
        {
            ReadEntries(content.ReadSequence());
        }

        if (content.HasData)
        {
            UnknownCritical = FindUnknownCritical(content.ReadSequence(s_extensions).ReadSequence());
        }

        content.ThrowIfNotEmpty();
    }

    /// <summary>The name of the authority that issued the list.</summary>
    public string Issuer { get; }

    /// <summary>The instant at which the list was issued, in local time.</summary>
    public DateTime IssuedAt => _issuedAt.LocalDateTime;

    /// <summary>The instant by which there is a newer one, in local time; null where the list does not say.</summary>
    public DateTime? NextUpdate => _nextUpdate?.LocalDateTime;

    /// <summary>The serial numbers of the revoked certificates in hexadecimal, as <see cref="X509Svid.SerialNumber"/> has them.</summary>
    public ReadOnlyCollection<string> RevokedSerialNumbers => [.. _revoked.Keys];

    /// <summary>The list as received, in DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>An extension that changes the list's meaning in a way that is not known here; null where there is none.</summary>
    internal string? UnknownCritical { get; private set; }

    /// <summary>Reads one list in DER.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.ResponseInvalid"/></exception>
    public static X509RevocationList Parse(ReadOnlyMemory<byte> der)
    {
        try
        {
            return new X509RevocationList(der);
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.ResponseInvalid, "A revocation list is not one list in DER (RFC 5280, section 5).", exception);
        }
    }

    /// <summary>Whether both are the same list, byte for byte.</summary>
    public bool Equals(X509RevocationList? other) => other is not null && RawData.Span.SequenceEqual(other.RawData.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as X509RevocationList);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_issuedAt, RawData.Length);

    /// <summary>The issuer and the number of entries.</summary>
    public override string ToString() => $"{Issuer}: {_revoked.Count} revoked";

    internal bool IsIssuedBy(CertificateContent signer) => _issuer.Span.SequenceEqual(signer.Subject.Span);

    internal string? FindSignatureFault(CertificateContent signer) => _signed.FindFault(signer);

    internal bool IsCurrentAt(DateTimeOffset instant) => _nextUpdate is null || instant <= _nextUpdate;

    /// <summary>The instant of a certificate's revocation; null where the list does not have it.</summary>
    internal DateTimeOffset? FindRevocation(CertificateContent certificate) =>
        _revoked.TryGetValue(Convert.ToHexString(certificate.SerialNumber.Span), out DateTimeOffset instant) ? instant : null;

    private static string? FindUnknownCritical(AsnReader extensions)
    {
        string? unknown = null;
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            string oid = extension.ReadObjectIdentifier();
            bool isCritical = extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean();
            unknown ??= isCritical && oid is not (NumberOid or AuthorityKeyIdentifierOid) ? oid : null;
        }

        return unknown;
    }

    private void ReadEntries(AsnReader entries)
    {
        while (entries.HasData)
        {
            AsnReader entry = entries.ReadSequence();
            string serialNumber = Convert.ToHexString(entry.ReadIntegerBytes().Span);
            DateTimeOffset revokedAt = Asn1Time.Read(entry);
            _revoked[serialNumber] =
                _revoked.TryGetValue(serialNumber, out DateTimeOffset other) && other < revokedAt ? other : revokedAt;
            if (entry.HasData)
            {
                // A certificate's issuer other than the list's stands in a critical extension here.
                UnknownCritical ??= FindUnknownCritical(entry.ReadSequence());
            }
        }
    }
}
