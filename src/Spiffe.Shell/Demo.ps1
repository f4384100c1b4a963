# A Workload API for this machine, with two identities whose certificates live 8 seconds.
$entries = @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }, @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal' }
Start-SpiffeDevAgent -Entry $entries -SvidTtlSec 8 -SetEnvironment
# Who am I? One X509-SVID for each identity, ready to use.
Get-SpiffeX509Svid
$svid = Get-SpiffeX509Svid -Hint internal
'{0} signs with {1}: {2}' -f $svid, $svid.KeyAlgorithm, $svid.Certificate.HasPrivateKey
# A token for one receiver, and what another one thinks of it.
$token = Get-SpiffeJwtSvid -Audience orders -SpiffeId spiffe://example.org/web
$token
$token | Test-SpiffeJwt -Audience orders
$token | Test-SpiffeJwt -Audience billing
# The authorities that peers are verified with, in a file for other programs.
Get-SpiffeBundle
Export-SpiffeBundle -Path "$folder/bundle.pem" -PassThru | ForEach-Object FullName
if (Get-Command openssl -ErrorAction Ignore) { openssl x509 -in "$folder/bundle.pem" -noout -subject }
# Follow one identity through a rotation: same ID, new certificate.
Watch-SpiffeSvid -Hint external -Count 2 | ForEach-Object Svids
