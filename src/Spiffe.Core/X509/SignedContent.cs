using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Spiffe;

/// <summary>The signed part of a certificate or a revocation list, with its signature (RFC 5280, section 4.1.1).</summary>
internal sealed class SignedContent
{
    private readonly ReadOnlyMemory<byte> _signature;

    private SignedContent(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> algorithm, ReadOnlyMemory<byte> signature)
    {
        Content = content;
        Algorithm = algorithm;
        _signature = signature;
    }

    /// <summary>The encoded part that the signature is made over.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The encoded AlgorithmIdentifier.</summary>
    public ReadOnlyMemory<byte> Algorithm { get; }

    /// <summary>Takes content, algorithm and signature out of the outer sequence.</summary>
    /// <exception cref="AsnContentException">It is not these three.</exception>
    public static SignedContent Read(AsnReader sequence)
    {
        ReadOnlyMemory<byte> content = sequence.ReadEncodedValue();
        ReadOnlyMemory<byte> algorithm = sequence.ReadEncodedValue();
        if (!sequence.TryReadPrimitiveBitString(out int unusedBits, out ReadOnlyMemory<byte> signature) || unusedBits != 0)
        {
            throw new AsnContentException("The signature is not whole bytes.");
        }

        sequence.ThrowIfNotEmpty();
        return new SignedContent(content, algorithm, signature);
    }

    /// <summary>The algorithm inside the signed part must be the one outside (RFC 5280, section 4.1.1.2).</summary>
    /// <exception cref="AsnContentException">It is another.</exception>
    public void RequireAlgorithm(ReadOnlyMemory<byte> inner)
    {
        if (!inner.Span.SequenceEqual(Algorithm.Span))
        {
            throw new AsnContentException("The signature algorithm inside and outside of the signed part differ.");
        }
    }

    /// <summary>Why the signer's key did not make the signature; null where it did.</summary>
    public string? FindFault(CertificateContent signer)
    {
        try
        {
            SignatureAlgorithm? algorithm = SignatureAlgorithm.Read(Algorithm);
            if (algorithm is null)
            {
                return $"a signature with {SignatureAlgorithm.Describe(Algorithm)}, which is not supported here";
            }

            if (algorithm.Verify(signer, Content.Span, _signature.Span))
            {
                return null;
            }
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            // A key or a signature that cannot be read has signed nothing.
        }

        return $"a signature that the key of {signer.Describe()} did not make";
    }
}
