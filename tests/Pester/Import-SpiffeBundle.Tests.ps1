BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Import-SpiffeBundle' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SetEnvironment
        $bundle = Get-SpiffeBundle
        $svid = Get-SpiffeX509Svid
        Stop-SpiffeDevAgent
    }

    It 'reads back what Export-SpiffeBundle wrote as <_>' -ForEach 'Pem', 'Der', 'Spiffe', 'Jwks' {
        $path = Join-Path -Path $TestDrive -ChildPath "bundle.$_"
        $bundle | Export-SpiffeBundle -Path $path -Format $_

        $read = Import-SpiffeBundle -Path $path -TrustDomain 'example.org'

        $read.TrustDomain.Name | Should -BeExactly 'example.org'
        $read.X509Authorities.Count | Should -Be ($_ -eq 'Jwks' ? 0 : 1)
        $read.JwtAuthorities.Count | Should -Be ($_ -in 'Spiffe', 'Jwks' ? 1 : 0)
    }

    It 'reads bundle maps, where names stand in the file' {
        $path = Join-Path -Path $TestDrive -ChildPath 'map.json'
        $bundle, [Spiffe.SpiffeBundle]::new('other.org') | Export-SpiffeBundle -Path $path -Format BundleMap

        (Import-SpiffeBundle -Path $path).TrustDomain.Name | Should -Be @('example.org', 'other.org')
        (Import-SpiffeBundle -Path $path -TrustDomain 'example.org').X509Authorities.Count | Should -Be 1
    }

    It 'verifies SVIDs with what was imported' {
        $path = Join-Path -Path $TestDrive -ChildPath 'verify.pem'
        $bundle | Export-SpiffeBundle -Path $path

        $svid | Test-SpiffeX509Svid -Bundle (Import-SpiffeBundle $path example.org) | Should -BeTrue
        $svid | Test-SpiffeX509Svid -Bundle (Import-SpiffeBundle $path other.org) | Should -BeFalse
    }

    It 'gives TrustDomainInvalid where the format names no trust domain' {
        $path = Join-Path -Path $TestDrive -ChildPath 'nameless.pem'
        $bundle | Export-SpiffeBundle -Path $path

        { Import-SpiffeBundle -Path $path -ErrorAction Stop } |
            Should -Throw -ErrorId 'TrustDomainInvalid,Spiffe.Commands.ImportSpiffeBundleCommand'
    }

    It 'reports each path separately, and reads the others' {
        $path = Join-Path -Path $TestDrive -ChildPath 'last.pem'
        $bundle | Export-SpiffeBundle -Path $path

        $read = Import-SpiffeBundle -Path 'nodrive:/a', 'NoProvider::/a', 'env:PATH', '[', $TestDrive, "$path.not", $path `
            -TrustDomain 'example.org' -ErrorAction SilentlyContinue -ErrorVariable failures

        $read | Should -HaveCount 1
        $failures | Should -HaveCount 6
        $failures.FullyQualifiedErrorId | Should -BeLike '*,Spiffe.Commands.ImportSpiffeBundleCommand'
    }

    It 'takes files from the pipeline by their literal path' {
        $path = Join-Path -Path $TestDrive -ChildPath 'a[1].pem'
        $bundle | Export-SpiffeBundle -Path $path

        (Get-Item -LiteralPath $path | Import-SpiffeBundle -TrustDomain 'example.org').X509Authorities.Count | Should -Be 1
    }

    It 'does not take <_> for a path' -ForEach "[Spiffe.SpiffeId] 'spiffe://example.org/web'", "[version] '1.2'" {
        $something = Invoke-Expression -Command $_

        { $something | Import-SpiffeBundle -TrustDomain 'example.org' -ErrorAction Stop } |
            Should -Throw -ExceptionType ([System.Management.Automation.ParameterBindingException])
        { Import-SpiffeBundle $something -TrustDomain 'example.org' } |
            Should -Throw -ExceptionType ([System.Management.Automation.ParameterBindingException])
    }

    It 'gives BundleInvalid for garbage and FileNotFound for nothing' {
        $path = Join-Path -Path $TestDrive -ChildPath 'garbage'
        'garbage' | Set-Content -Path $path

        { Import-SpiffeBundle $path example.org -ErrorAction Stop } | Should -Throw -ErrorId 'BundleInvalid,*'
        { Import-SpiffeBundle "$path.not" example.org -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
    }
}

Describe 'Help of Import-SpiffeBundle' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Import-SpiffeBundle) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
