using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;

namespace Spiffe.Benchmarks.Jwt;

/// <summary>Goal: a token validated offline at no less than 0.85 of the rate of the bare signature verification.</summary>
public class JwtSvidValidatorBenchmarks
{
    private const string KeyId = "key";
    private const string Audience = "orders";

    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);

    private byte[] _data = [];
    private byte[] _signature = [];
    private string _token = "";
    private SpiffeBundle[] _bundles = [];

    [Params("ES256", "RS256")]
    public string Algorithm { get; set; } = "";

    [GlobalSetup]
    public void CreateToken()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string header = $$"""{"alg":"{{Algorithm}}","kid":"{{KeyId}}","typ":"JWT"}""";
        string claims = $$"""{"aud":["{{Audience}}"],"exp":{{now + 86_400}},"iat":{{now}},"sub":"spiffe://example.org/ns/shop/sa/web"}""";
        string input = $"{Encode(header)}.{Encode(claims)}";
        _data = Encoding.ASCII.GetBytes(input);
        _signature = Algorithm == "ES256"
            ? _ecdsa.SignData(_data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            : _rsa.SignData(_data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _token = $"{input}.{Base64Url.EncodeToString(_signature)}";
        JwtAuthority authority = Algorithm == "ES256" ? JwtAuthority.FromKey(KeyId, _ecdsa) : JwtAuthority.FromKey(KeyId, _rsa);
        _bundles = [new SpiffeBundle(TrustDomain.Parse("example.org"), jwtAuthorities: [authority])];
        if (!Validate() || !VerifyBare())
        {
            throw new InvalidOperationException("What is measured does not verify.");
        }
    }

    /// <summary>The signature with a key that is there already, and nothing else looked at.</summary>
    [Benchmark(Baseline = true)]
    public bool VerifyBare() => Algorithm == "ES256"
        ? _ecdsa.VerifyData(_data, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
        : _rsa.VerifyData(_data, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    [Benchmark]
    public bool Validate() => JwtSvidValidator.Validate(
        _token, Audience, _bundles, DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew).Valid;

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
