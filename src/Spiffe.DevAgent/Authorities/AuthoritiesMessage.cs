namespace Spiffe.DevAgent;

/// <summary>Authorities and their private keys, as the file has them.</summary>
internal sealed class AuthoritiesMessage
{
    public string TrustDomain { get; set; } = string.Empty;

    public X509Message[] X509 { get; set; } = [];

    public JwtMessage[] Jwt { get; set; } = [];

    public static AuthoritiesMessage Create(TrustDomain trustDomain, KeptAuthorities kept) => new()
    {
        TrustDomain = trustDomain.Name,
        X509 =
        [
            .. kept.X509.Select(authority => new X509Message
            {
                Certificate = authority.Certificate.RawData,
                Key = authority.ExportPkcs8Key(),
                NeededUntil = authority.NeededUntil,
            }),
        ],
        Jwt =
        [
            .. kept.Jwt.Select(authority => new JwtMessage
            {
                KeyId = authority.Authority.KeyId,
                Key = authority.ExportPkcs8Key(),
                CreatedAt = authority.CreatedAt,
                ExpiresAt = authority.ExpiresAt,
                NeededUntil = authority.NeededUntil,
            }),
        ],
    };

    /// <exception cref="System.Security.Cryptography.CryptographicException">A key or a certificate cannot be read.</exception>
    public KeptAuthorities Load(DateTimeOffset now) => new(
        [.. X509.Select((authority, index) => X509Authority.Load(
            authority.Certificate, authority.Key, Bound(index, authority.NeededUntil, now, Entry.LongestTtl)))],
        [.. Jwt.Select((authority, index) => JwtSigner.Load(
            authority.KeyId,
            authority.Key,
            authority.CreatedAt,
            authority.ExpiresAt,
            Bound(index, authority.NeededUntil, now, JwtSigner.LongestLife)))]);

    /// <summary>The first one signed on after the file was written, until the agent ended: at the latest now.</summary>
    private static DateTimeOffset Bound(int index, DateTimeOffset neededUntil, DateTimeOffset now, TimeSpan longest) =>
        index == 0 ? now + longest : neededUntil;

    internal sealed class X509Message
    {
        public byte[] Certificate { get; set; } = [];

        public byte[] Key { get; set; } = [];

        public DateTimeOffset NeededUntil { get; set; }
    }

    internal sealed class JwtMessage
    {
        public string KeyId { get; set; } = string.Empty;

        public byte[] Key { get; set; } = [];

        public DateTimeOffset CreatedAt { get; set; }

        public DateTimeOffset ExpiresAt { get; set; }

        public DateTimeOffset NeededUntil { get; set; }
    }
}
