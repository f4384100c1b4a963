using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Testing;

/// <summary>A SPIFFE bundle document, written without the module's own writer.</summary>
/// <param name="Authorities">The X.509 authorities in it.</param>
public sealed record SpiffeDocument(params TestAuthority[] Authorities)
{
    public ulong? SequenceNumber { get; init; }

    public int? RefreshHint { get; init; }

    public string Json
    {
        get
        {
            string keys = string.Join(",", Authorities.Select(WriteKey));
            string sequence = SequenceNumber is { } number ? $",\"spiffe_sequence\":{number}" : "";
            string hint = RefreshHint is { } seconds ? $",\"spiffe_refresh_hint\":{seconds}" : "";
            return $$"""{"keys":[{{keys}}]{{sequence}}{{hint}}}""";
        }
    }

    private static string WriteKey(TestAuthority authority)
    {
        ECPoint point = authority.Certificate.GetECDsaPublicKey()!.ExportParameters(includePrivateParameters: false).Q;
        return $$"""
            {"use":"x509-svid","kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}","x5c":["{{Convert.ToBase64String(authority.BundleDer)}}"]}
            """;
    }
}
