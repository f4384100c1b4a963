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

Describe 'Get-SpiffeFederatedBundle' {
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

    It 'verifies an SVID of the other trust domain with what it fetches' {
        $bundle = Get-SpiffeFederatedBundle @partner

        $bundle.TrustDomain | Should -Be 'partner.test'
        Get-SpiffeX509Svid -Endpoint $agent | Test-SpiffeX509Svid -Bundle $bundle | Should -BeTrue
    }

    It 'gives <Id> for the fault <Fault>' -ForEach @(
        @{ Fault = 'EndpointError'; Id = 'BundleEndpointFailed' }
        @{ Fault = 'EndpointTooLarge'; Id = 'BundleEndpointFailed' }
        @{ Fault = 'EndpointRedirectsToHttp'; Id = 'BundleEndpointFailed' }
        @{ Fault = 'EndpointOfAnother'; Id = 'PeerNotAuthorized' }
        @{ Fault = 'EndpointCertificateExpired'; Id = 'PeerNotTrusted' }
    ) {
        Update-SpiffeDevAgent -Fault $Fault

        $failure = { Get-SpiffeFederatedBundle @partner } |
            Should -Throw -ErrorId "$Id,Spiffe.Commands.GetSpiffeFederatedBundleCommand" -PassThru

        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'does not repeat a password' {
        $failure = { Get-SpiffeFederatedBundle -Uri 'https://me:secret@localhost/' -TrustDomain a.test -Profile HttpsWeb } |
            Should -Throw -ErrorId 'BundleEndpointInvalid,*' -PassThru

        $failure.Exception.Message | Should -Not -Match 'secret'
    }
}

Describe 'Help of Get-SpiffeFederatedBundle' {
    BeforeEach {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterEach {
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Get-SpiffeFederatedBundle) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
