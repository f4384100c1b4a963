# An agent with an identity for each side, and a TLS server that knows nothing of SPIFFE: openssl s_server with an SVID.

function Start-TlsAgent {
    $entries = @(
        @{ SpiffeId = 'spiffe://example.org/shop'; Hint = 'client' }
        @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'server' }
    )
    $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
}

function Start-TlsServer ([string] $Folder, [string] $Hint = 'server') {
    $folder = (New-Item -Path $Folder -ItemType Directory -Force).FullName
    Get-SpiffeX509Svid -Hint $Hint | Export-SpiffeX509Svid -Path $folder -Layout Helper
    $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    $server = @{
        FilePath               = 'openssl'
        ArgumentList           = 's_server', '-accept', "127.0.0.1:$port", '-www', '-Verify', '2', '-verify_return_error',
            '-cert', "$folder/svid.pem", '-cert_chain', "$folder/svid.pem", '-key', "$folder/svid_key.pem",
            '-CAfile', "$folder/svid_bundle.pem"
        RedirectStandardOutput = "$folder/output.txt"
        RedirectStandardError  = "$folder/errors.txt"
        PassThru               = $true
    }
    $process = Start-Process @server
    foreach ($i in 1..100) {
        if (Test-Connection -TargetName 127.0.0.1 -TcpPort $port -Quiet) {
            break
        }

        Start-Sleep -Milliseconds 100
    }

    [pscustomobject]@{ Process = $process; Address = "127.0.0.1:$port" }
}

# The examples of the help name servers of example.org, and the one that runs here takes their place. It answers only GET, so an
# example that sends something is not run; nor is one with -WebPki, for a server with a certificate of a public CA.
function Get-TlsExample ([string] $Name) {
    Get-HelpExample -Name $Name | Where-Object { $_.Code -notmatch 'Method +=|-WebPki' }
}

function Invoke-TlsExample ([string] $Code, [string] $Folder, [string] $Address) {
    $here = $Code -replace '(orders|files)\.example\.org(:8443)?(?=[/ ])', $Address -replace '(?<=spiffe://example\.org/)(orders|files)', 'web'
    Invoke-HelpExample -Code $here -Folder $Folder
}
