BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
    . "$PSScriptRoot/Federation.ps1"
}

Describe 'Watch-SpiffeFederatedBundle' {
    BeforeAll {
        $agent = Start-SpiffeDevAgent partner.test -BundleEndpoint 127.0.0.1:0 -BundleRefreshHintSec 1
        $partner = Get-FederationParameter -Agent $agent
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    AfterEach {
        Update-SpiffeDevAgent -ClearFault
    }

    It 'follows a change of keys, and a file with it' {
        $updates = Watch-SpiffeFederatedBundle @partner -IntervalSec 1 -Count 2 | ForEach-Object {
            Update-SpiffeDevAgent -Rotate X509Authority
            $_
        }

        $updates.Kind | Should -Be 'Initial', 'Updated'
        $updates[1].Bundles[0].X509Authorities.Count | Should -Be 2
        $updates[1].Changed.TrustDomain | Should -Be 'partner.test'
    }

    It 'reports a failure with -IncludeRetry, and keeps what it knew' {
        Update-SpiffeDevAgent -Fault EndpointError

        $update = Watch-SpiffeFederatedBundle @partner -IncludeRetry -Count 1

        $update.Kind | Should -Be 'Retrying'
        $update.Reason | Should -Be 'BundleEndpointFailed'
    }

    It 'shows a table of five columns' {
        $table = Watch-SpiffeFederatedBundle @partner -Count 1 | Out-String -Stream -Width 160 | Where-Object { $_ }

        $table[0].Trim() -split '\s+' | Should -Be 'Change', 'TrustDomain'
    }
}

Describe 'Help of Watch-SpiffeFederatedBundle' {
    BeforeEach {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterEach {
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Watch-SpiffeFederatedBundle) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
