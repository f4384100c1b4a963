BeforeDiscovery {
    $hasOpenssl = [bool] (Get-Command -Name openssl -ErrorAction Ignore)
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
    . "$PSScriptRoot/Tls.ps1"
}

BeforeAll {
    Import-Module -Name (Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1")
    . "$PSScriptRoot/Examples.ps1"
    . "$PSScriptRoot/Tls.ps1"
}

Describe 'Invoke-SpiffeRestMethod' -Skip:(-not $hasOpenssl) {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        Start-TlsAgent
        $server = Start-TlsServer -Folder (Join-Path -Path $TestDrive -ChildPath 'web')

        # The server's page shows random bytes: with a '<' or '&' among them it is not XML, and comes as text.
        filter Get-Page { $_.OuterXml ?? $_ }
    }

    AfterAll {
        Stop-Process -InputObject $server.Process
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'reaches the allowed server' {
        Invoke-SpiffeRestMethod $server.Address -AllowSpiffeId spiffe://example.org/web | Get-Page | Should -Match 's_server'
    }

    It 'sends nothing to another one, and names it' {
        { Invoke-SpiffeRestMethod $server.Address -AllowSpiffeId spiffe://example.org/orders } |
            Should -Throw -ErrorId 'PeerNotAuthorized,*' -ExpectedMessage "*'spiffe://example.org/web'*"
    }

    It 'allows no server with an empty list' {
        { Invoke-SpiffeRestMethod $server.Address -AllowSpiffeId @() } | Should -Throw -ErrorId 'PeerNotAuthorized,*'
    }

    It 'runs <Title>' -ForEach (Get-TlsExample -Name Invoke-SpiffeRestMethod) {
        Invoke-TlsExample -Code $Code -Folder $TestDrive -Address $server.Address | Get-Page | Should -Match 's_server'
    }

    It 'goes on through a rotation' {
        foreach ($i in 1..5) {
            Invoke-SpiffeRestMethod $server.Address -AllowTrustDomain example.org | Get-Page | Should -Match 's_server'
            Update-SpiffeDevAgent -Rotate X509
        }
    }

    It 'refuses to ask over http' {
        { Invoke-SpiffeRestMethod "http://$($server.Address)" -AllowAny -JwtAudience orders } |
            Should -Throw -ErrorId 'PeerHasNoSvid,*'
    }
}
