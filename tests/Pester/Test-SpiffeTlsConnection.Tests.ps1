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

Describe 'Test-SpiffeTlsConnection' -Skip:(-not $hasOpenssl) {
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

    It 'is true for the allowed server, and false for another one' {
        Test-SpiffeTlsConnection $server.Address -AllowSpiffeId spiffe://example.org/web | Should -BeTrue
        Test-SpiffeTlsConnection $server.Address -AllowSpiffeId spiffe://example.org/orders | Should -BeFalse
    }

    It 'shows each step' {
        $steps = Test-SpiffeTlsConnection $server.Address -AllowAny -Detailed

        $steps.Step | Should -Contain 'SPIFFE ID'
        $steps.Outcome | Should -Not -Contain 'Failed'
    }

    It 'reports that the server refuses clients without a certificate' {
        $failed = Test-SpiffeTlsConnection $server.Address -AllowAny -NoClientCertificate -Detailed | Where-Object Outcome -EQ 'Failed'

        $failed.Step | Should -Be 'Admission'
        $failed.Advice | Should -Not -BeNullOrEmpty
    }

    It 'runs <Title>' -ForEach (Get-TlsExample -Name Test-SpiffeTlsConnection) {
        { Invoke-TlsExample -Code $Code -Folder $TestDrive -Address $server.Address } | Should -Not -Throw
    }
}
