BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Test-SpiffeId' {
    It 'is a bool, for good and bad text' {
        'spiffe://example.org/web', 'spiffe://example.org', 'web', '' | Test-SpiffeId | Should -Be @($true, $true, $false, $false)
    }

    It 'is false for <_>' -ForEach 'spiffe://Example.org/x', 'spiffe://a/b/', 'spiffe://a//b', 'spiffe://a:1/b', 'spiffe://a/b#c' {
        Test-SpiffeId $_ -ErrorVariable failures | Should -BeFalse
        $failures | Should -BeNullOrEmpty
    }

    It 'says why with -Verbose' {
        Test-SpiffeId 'spiffe://a/b c' -Verbose *>&1 | Out-String | Should -Match 'allowed in a segment'
    }

    It 'is true for what a person typed in capitals with -Normalize' {
        Test-SpiffeId 'SPIFFE://EXAMPLE.org/web' -Normalize | Should -BeTrue
    }
}

Describe 'Help of Test-SpiffeId' {
    It 'runs <Title>' -ForEach (Get-HelpExample -Name Test-SpiffeId) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
