BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'ConvertTo-SpiffeId' {
    It 'reads text from the pipeline, byte for byte' {
        $id = 'spiffe://example.org/A/b-c_d.e' | ConvertTo-SpiffeId

        $id | Should -BeOfType ([Spiffe.SpiffeId])
        "$id" | Should -BeExactly 'spiffe://example.org/A/b-c_d.e'
        $id.Path | Should -BeExactly '/A/b-c_d.e'
    }

    It 'puts parts together' {
        "$(ConvertTo-SpiffeId -TrustDomain 'example.org' -Path '/web')" | Should -BeExactly 'spiffe://example.org/web'
    }

    It 'normalizes scheme and trust domain on request, and never the path' {
        "$(ConvertTo-SpiffeId 'SPIFFE://Example.ORG/Web' -Normalize)" | Should -BeExactly 'spiffe://example.org/Web'
    }

    It 'refuses <_>' -ForEach 'http://example.org/web', 'spiffe://Example.org/web', 'spiffe://example.org/', 'spiffe://a/b?c' {
        { ConvertTo-SpiffeId $_ -ErrorAction Stop } | Should -Throw -ErrorId 'SpiffeIdInvalid,Spiffe.Commands.ConvertToSpiffeIdCommand'
    }

    It 'shows the ID in a table' {
        ConvertTo-SpiffeId 'spiffe://example.org/web' | Out-String | Should -Match 'spiffe://example\.org/web +example\.org +/web'
    }
}

Describe 'Help of ConvertTo-SpiffeId' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name ConvertTo-SpiffeId) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
