using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.DevAgent;

/// <summary>A web certificate for this machine, of an authority that lives as long as the agent, and in its memory alone.</summary>
internal sealed class WebServerCertificate : ServerCertificate
{
    private static readonly TimeSpan s_authorityLife = TimeSpan.FromDays(366);
    private static readonly TimeSpan s_life = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_backdate = TimeSpan.FromMinutes(1);
    private static readonly OidCollection s_serverAuthentication = [new("1.3.6.1.5.5.7.3.1")];

    private readonly FaultSwitch _faults;
    private readonly IPAddress _address;
    private readonly X509Certificate2 _authority;
    private readonly Lock _lock = new();
    private SslStreamCertificateContext? _context;
    private DateTimeOffset _renewAt;

    /// <param name="address">The address that the certificate names beside those of loopback.</param>
    /// <param name="faults">May ask for a wrong certificate.</param>
    public WebServerCertificate(IPAddress address, FaultSwitch faults)
    {
        _address = address;
        _faults = faults;
        _authority = CreateAuthority();
    }

    public override X509Certificate2 Authority => _authority;

    public override SslStreamCertificateContext Find()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (_faults.Current.Has(DevAgentFault.EndpointCertificateExpired))
        {
            return CreateContext(Issue(now - (2 * s_backdate), now - s_backdate, isOfAnother: false));
        }

        if (_faults.Current.Has(DevAgentFault.EndpointOfAnother))
        {
            return CreateContext(Issue(now - s_backdate, now + s_life, isOfAnother: true));
        }

        lock (_lock)
        {
            if (_context is null || _renewAt <= now)
            {
                _context = CreateContext(Issue(now - s_backdate, now + s_life, isOfAnother: false));
                _renewAt = now + (s_life / 2);
            }

            return _context;
        }
    }

    private static X509Certificate2 CreateAuthority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string number = RandomNumberGenerator.GetHexString(8, lowercase: true);
        CertificateRequest request = new($"CN=Spiffe development web authority {number}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow - s_authorityLife, DateTimeOffset.UtcNow + s_authorityLife);
    }

    private X509Certificate2 Issue(DateTimeOffset notBefore, DateTimeOffset notAfter, bool isOfAnother)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Spiffe development bundle endpoint", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(s_serverAuthentication, critical: false));
        request.CertificateExtensions.Add(CreateNames(isOfAnother));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using X509Certificate2 certificate =
            request.Create(_authority, notBefore, notAfter, CertificateRequests.CreateSerialNumber());
        return certificate.CopyWithPrivateKey(key);
    }

    private X509Extension CreateNames(bool isOfAnother)
    {
        SubjectAlternativeNameBuilder names = new();
        if (isOfAnother)
        {
            names.AddDnsName("another.invalid");
            return names.Build();
        }

        names.AddDnsName("localhost");
        foreach (IPAddress address in new HashSet<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback, _address })
        {
            names.AddIpAddress(address);
        }

        return names.Build();
    }
}
