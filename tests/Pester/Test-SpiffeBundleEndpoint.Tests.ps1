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

Describe 'Test-SpiffeBundleEndpoint' {
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

    It 'is true where the endpoint works' {
        Test-SpiffeBundleEndpoint @partner | Should -BeTrue
    }

    It 'reports a wrong ID' {
        $wrong = $partner.Clone()
        $wrong.EndpointSpiffeId = 'spiffe://partner.test/another'

        Test-SpiffeBundleEndpoint @wrong | Should -BeFalse
        $failed = Test-SpiffeBundleEndpoint @wrong -Detailed | Where-Object Outcome -EQ 'Failed'
        $failed.Step | Should -Be 'Identity'
        $failed.Finding | Should -Match 'spiffe://partner.test/bundle-endpoint'
        $failed.Advice | Should -Not -BeNullOrEmpty
    }

    It 'takes no server for authenticated that breaks off before it is, with profile <_>' -ForEach 'HttpsWeb', 'HttpsSpiffe' {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $job = Start-ThreadJob -ArgumentList $listener -ScriptBlock {
            param($Listener)
            while ($true) { $Listener.AcceptTcpClient().Dispose() }
        }
        $endpoint = @{ Uri = "https://127.0.0.1:$($listener.LocalEndpoint.Port)/"; TrustDomain = 'partner.test'; Profile = $_ }
        if ($_ -eq 'HttpsSpiffe') {
            $endpoint += @{ EndpointSpiffeId = $partner.EndpointSpiffeId; Bundle = $partner.Bundle }
        }

        $steps = Test-SpiffeBundleEndpoint @endpoint -Detailed
        $listener.Stop()
        $job | Remove-Job -Force

        ($steps | Where-Object Step -EQ 'TLS').Outcome | Should -Be 'Failed'
        ($steps | Where-Object Step -EQ 'Identity').Outcome | Should -Be 'Skipped'
    }

    It 'is false, and no error, for the fault <_>' -ForEach 'EndpointError', 'EndpointTooLarge', 'EndpointOfAnother' {
        Update-SpiffeDevAgent -Fault $_

        Test-SpiffeBundleEndpoint @partner -ErrorVariable failures | Should -BeFalse

        $failures | Should -BeNullOrEmpty
    }
}

Describe 'Help of Test-SpiffeBundleEndpoint' {
    BeforeEach {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterEach {
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Test-SpiffeBundleEndpoint) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
