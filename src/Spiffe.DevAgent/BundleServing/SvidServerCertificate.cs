using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.DevAgent;

/// <summary>An X509-SVID of the agent's own trust domain (Federation, section 5.2.2.3).</summary>
/// <remarks>
/// It is used for most of its life, also when another authority signs by then: a follower that comes seldom, as SPIRE does,
/// verifies the endpoint with the bundle that it has, and learns of the new authority by that. The old one stays published for as
/// long as the SVID lives.
/// </remarks>
internal sealed class SvidServerCertificate : ServerCertificate
{
    private const double UsedShare = 0.8;

    private readonly SvidIssuer _issuer;
    private readonly FaultSwitch _faults;
    private readonly Entry _entry;
    private readonly Entry _wrongEntry;
    private readonly Lock _lock = new();
    private IssuedX509Svid? _svid;
    private SslStreamCertificateContext? _context;

    public SvidServerCertificate(SpiffeId spiffeId, TimeSpan ttl, SvidIssuer issuer, FaultSwitch faults)
    {
        _issuer = issuer;
        _faults = faults;
        _entry = new Entry(spiffeId, Selectors: [], Hint: "", ttl, DnsNames: [], KeyType.EcP256, FederatesWith: []);
        _wrongEntry = _entry with { SpiffeId = SpiffeId.Parse($"{spiffeId}-of-another") };
    }

    public override SslStreamCertificateContext Find()
    {
        if (_faults.Current.Has(DevAgentFault.EndpointCertificateExpired))
        {
            return CreateContext(Load(_issuer.IssueExpired(_entry)));
        }

        if (_faults.Current.Has(DevAgentFault.EndpointOfAnother))
        {
            return CreateContext(Load(_issuer.GetX509Svid(_wrongEntry)));
        }

        lock (_lock)
        {
            if (_context is null || _svid is null || IsWorn(_svid))
            {
                _svid = _issuer.GetX509Svid(_entry);
                _context = CreateContext(Load(_svid));
            }

            return _context;
        }
    }

    private static bool IsWorn(IssuedX509Svid svid) =>
        svid.IssuedAt + ((svid.ExpiresAt - svid.IssuedAt) * UsedShare) <= DateTimeOffset.UtcNow;

    private static X509Certificate2 Load(IssuedX509Svid svid)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(svid.Pkcs8Key, out _);
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(svid.Certificate);
        return certificate.CopyWithPrivateKey(key);
    }
}
