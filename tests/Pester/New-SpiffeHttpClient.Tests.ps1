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

Describe 'New-SpiffeHttpClient' -Skip:(-not $hasOpenssl) {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        Start-TlsAgent
        $server = Start-TlsServer -Folder (Join-Path -Path $TestDrive -ChildPath 'web')
    }

    AfterAll {
        Stop-Process -InputObject $server.Process
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'makes a client that reaches the allowed server' {
        $client = New-SpiffeHttpClient "https://$($server.Address)" -AllowSpiffeId spiffe://example.org/web

        $client | Should -BeOfType System.Net.Http.HttpClient
        $client.GetStringAsync('/').GetAwaiter().GetResult() | Should -Match 's_server'
    }

    It 'makes a client that refuses another one' {
        $client = New-SpiffeHttpClient "https://$($server.Address)" -AllowTrustDomain other.org

        { $client.GetStringAsync('/').GetAwaiter().GetResult() } | Should -Throw "*'spiffe://example.org/web'*"
    }

    It 'makes a client that outlives the agent it began with' {
        $agent = @{ Endpoint = Join-Path -Path $TestDrive -ChildPath 'agent.sock'; Entry = @{ SpiffeId = 'spiffe://example.org/shop' } }
        $before = Start-SpiffeDevAgent @agent
        $client = New-SpiffeHttpClient "https://$($server.Address)" -AllowAny -Endpoint $agent.Endpoint
        Stop-SpiffeDevAgent -ProcessId $before.ProcessId
        $null = Start-SpiffeDevAgent @agent
        $null = New-SpiffeHttpClient -AllowAny -Endpoint $agent.Endpoint

        # The other agent has other authorities, and so the server is refused: by its bundles, and not for want of any.
        { $client.GetStringAsync('/').GetAwaiter().GetResult() } | Should -Throw "*'spiffe://example.org/web'*not trusted*"
    }

    It 'takes a base address of https only' {
        { New-SpiffeHttpClient "http://$($server.Address)" -AllowAny } | Should -Throw -ErrorId 'RequestInvalid,*'
        { New-SpiffeHttpClient 'api/orders' -AllowAny } | Should -Throw -ErrorId 'RequestInvalid,*'
    }

    It 'runs <Title>' -ForEach (Get-TlsExample -Name New-SpiffeHttpClient) {
        Invoke-TlsExample -Code $Code -Folder $TestDrive -Address $server.Address | Should -Match 's_server'
    }
}
