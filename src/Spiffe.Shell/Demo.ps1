# A Workload API for this machine, with two identities whose certificates live 8 seconds.
$entries = @(
    @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }
    @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal' }
)
Start-SpiffeDevAgent -Entry $entries -SvidTtlSec 8 -SetEnvironment

# Who am I? One X509-SVID for each identity, ready to use.
Get-SpiffeX509Svid

# Each comes with its private key.
$svid = Get-SpiffeX509Svid -Hint internal
'{0} signs with {1}: {2}' -f $svid, $svid.KeyAlgorithm, $svid.Certificate.HasPrivateKey

# A token for one receiver ...
$token = Get-SpiffeJwtSvid -Audience orders -SpiffeId spiffe://example.org/web
$token

# JSON for a program in another language says whose it is, and leaves the token out.
$token.ToRecord() | ConvertTo-Json -Compress

# The token is valid for its receiver,
$token | Test-SpiffeJwt -Audience orders

# ... and for no other.
$token | Test-SpiffeJwt -Audience billing

# The authorities that peers are verified with, in a file for other programs.
$file = Export-SpiffeBundle -Path "$([IO.Path]::GetTempPath())/bundle-$PID.pem" -PassThru
if (Get-Command openssl -ErrorAction Ignore) { openssl x509 -in $file -noout -subject }
Remove-Item -Path $file

# One identity through a rotation: the same SPIFFE ID, a new certificate.
Watch-SpiffeSvid -Hint external -Count 2

# Get-Command -Module Spiffe lists what else there is. The development agent ends with this PowerShell.
