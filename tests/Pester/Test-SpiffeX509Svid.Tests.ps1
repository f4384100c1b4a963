BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Test-SpiffeX509Svid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SetEnvironment
        $svid = Get-SpiffeX509Svid
        $bundle = Get-SpiffeBundle
        $foreign = [Spiffe.SpiffeBundle]::new('other.org', $bundle.X509Authorities)
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $null
    }

    Context 'with the agent stopped' {
        It 'is true for an SVID by its own bundle' {
            $svid | Test-SpiffeX509Svid | Should -BeTrue
            $svid | Test-SpiffeX509Svid | Should -BeOfType ([bool])
        }

        It 'is true for a certificate by a bundle that is given' {
            $svid.Certificate | Test-SpiffeX509Svid -Bundle $bundle | Should -BeTrue
        }

        It 'is false against the bundle of another trust domain, and names the clause' {
            $svid | Test-SpiffeX509Svid -Bundle $foreign | Should -BeFalse
            $failed = $svid | Test-SpiffeX509Svid -Bundle $foreign -Detailed | Where-Object -Property Result -EQ 'Failed'

            $failed.Clause | Should -BeExactly 'Trust Domain and Bundle 3'
            $failed.Found | Should -BeExactly "'other.org'"
            $failed.Expected | Should -Match 'example\.org'
        }

        It 'is true for the snapshot of an SVID, which has its certificates' {
            $path = Join-Path -Path $TestDrive -ChildPath 'svid.xml'
            $svid | Export-Clixml -Path $path

            Import-Clixml -Path $path | Test-SpiffeX509Svid -Bundle $svid.Bundle | Should -BeTrue
        }

        It 'is false against an empty bundle' {
            $svid | Test-SpiffeX509Svid -Bundle ([Spiffe.SpiffeBundle]::new('example.org')) | Should -BeFalse
        }

        It 'reads a file with a chain' {
            $path = Join-Path -Path $TestDrive -ChildPath 'svid.pem'
            $svid.Certificate.ExportCertificatePem() | Set-Content -Path $path

            Test-SpiffeX509Svid -Path $path -Bundle $bundle | Should -BeTrue
            Get-Item -Path $path | Test-SpiffeX509Svid -Bundle $foreign | Should -BeFalse
        }

        It 'gives EndpointNotConfigured for a certificate without a bundle' {
            { Test-SpiffeX509Svid -Certificate $svid.Certificate } |
                Should -Throw -ErrorId 'EndpointNotConfigured,Spiffe.Commands.TestSpiffeX509SvidCommand'
        }

        It 'is false for an instant after the end' {
            $svid | Test-SpiffeX509Svid -At $svid.NotAfter.AddMinutes(1) | Should -BeFalse
        }
    }

    Context 'details' {
        It 'has a row for each check, with clause, found and expected' {
            $rows = $svid | Test-SpiffeX509Svid -Detailed

            $rows.Count | Should -BeGreaterThan 20
            $rows | Should -BeOfType ([Spiffe.VerificationCheck])
            $rows.Result | Sort-Object -Unique | Should -Be 'Passed'
            $rows.Where({ -not $_.Clause -or -not $_.Found -or -not $_.Expected }) | Should -BeNullOrEmpty
        }

        It 'shows what was verified above the table' {
            $svid | Test-SpiffeX509Svid -Detailed | Out-String -Width 200 | Should -Match 'Target: spiffe://example\.org/web'
        }
    }
}

Describe 'Help of Test-SpiffeX509Svid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Test-SpiffeX509Svid) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
