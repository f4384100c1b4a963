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

Describe 'Watch-SpiffeBundle' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterEach {
        Stop-SpiffeDevAgent
    }

    AfterAll {
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'follows two agents that federate with each other' {
        $one = Start-SpiffeDevAgent one.test -BundleEndpoint 127.0.0.1:0 -BundleRefreshHintSec 1
        $two = Start-SpiffeDevAgent two.test -FederatesWith (Get-FederationParameter -Agent $one)

        $update = Watch-SpiffeBundle -Endpoint $two -TimeoutSec 30 -WarningAction Ignore |
            Where-Object { $_.Bundles.Count -eq 2 -and $_.Bundles[0].X509Authorities.Count -gt 0 } | Select-Object -First 1

        $update.Bundles.TrustDomain.Name | Should -Be 'one.test', 'two.test'
        Get-SpiffeX509Svid -Endpoint $one | Test-SpiffeX509Svid -Bundle $update.Bundles | Should -BeTrue
    }

    It 'keeps a folder, and takes away what is withdrawn' {
        $bundle = Join-Path -Path $TestDrive -ChildPath 'one.json'
        $null = Start-SpiffeDevAgent one.test -BundlePath $bundle
        $agent = Start-SpiffeDevAgent two.test -FederatedBundle @{ 'one.test' = $bundle }
        $folder = New-Item -Path (Join-Path -Path $TestDrive -ChildPath 'bundles') -ItemType Directory

        Watch-SpiffeBundle -Endpoint $agent -Count 2 -TimeoutSec 30 | ForEach-Object {
            Get-SpiffeDevAgent | Where-Object TrustDomain -EQ 'two.test' |
                Update-SpiffeDevAgent -Redact 'spiffe://one.test'
            $_
        } | Export-SpiffeBundle -Path $folder

        (Get-ChildItem -Path $folder).Name | Should -Be 'two.test.pem'
    }

    It 'ends with Timeout after -TimeoutSec' {
        $agent = Start-SpiffeDevAgent

        { Watch-SpiffeBundle -Endpoint $agent -TimeoutSec 1 } | Should -Throw -ErrorId 'Timeout,*'
    }
}

Describe 'Help of Watch-SpiffeBundle' {
    BeforeEach {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterEach {
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Watch-SpiffeBundle) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
