BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Test-SpiffeHelperConfig' {
    BeforeAll {
        $path = "$TestDrive/helper.conf"
        Set-Content -Path $path -Value @"
cert_dir = "$TestDrive"
svid_file_name = "svid.pem"
svid_key_file_name = "svid_key.pem"
svid_bundle_file_name = "svid_bundle.pem"
key_file_mode = 0644
cmd = "sh"
"@
    }

    It 'answers a bool' {
        Test-SpiffeHelperConfig -ConfigPath $path | Should -BeExactly $true
        Test-SpiffeHelperConfig -Configuration @{ svid_file_name = 'a' } | Should -BeExactly $false
    }

    It 'takes files from the pipeline' {
        Get-Item -Path $path | Test-SpiffeHelperConfig | Should -BeTrue
        $path | Test-SpiffeHelperConfig | Should -BeTrue
    }

    It 'gives the effective configuration and findings with their lines' {
        $report = Test-SpiffeHelperConfig -ConfigPath $path -Detailed

        $report.Configuration.KeyPath | Should -Be (Join-Path -Path $TestDrive -ChildPath svid_key.pem)
        $report.Configuration.Modes | Should -BeLike 'certificates 0644, key 0644*'
        $report.Findings.Line | Should -Be 5
        $report.Findings.Severity | Should -Be 'Warning'
    }

    It 'checks it for a run that writes once' {
        (Test-SpiffeHelperConfig -ConfigPath $path -OneShot -Detailed).Findings.Line | Should -Be 5, 6
    }

    It 'reports a file that is not there and goes on' {
        "$TestDrive/missing.conf", $path | Test-SpiffeHelperConfig -ErrorVariable errors -ErrorAction SilentlyContinue | Should -BeTrue
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'FileNotFound,*'
    }

    It 'says with -Verbose what is wrong' {
        Test-SpiffeHelperConfig -Configuration @{ timeout = '5s' } -Verbose 4>&1 | Out-String | Should -BeLike "*unknown: 'timeout'*False*"
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Test-SpiffeHelperConfig) {
        Set-Content -Path "$TestDrive/refused.conf" -Value 'cert_dir = 1'

        Invoke-HelpExample -Code (Convert-SystemPath -Code $Code -Folder $TestDrive) -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
