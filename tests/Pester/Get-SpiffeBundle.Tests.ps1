BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Get-SpiffeBundle' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    Context 'selection' {
        It 'gives both kinds of authorities' {
            $bundle = Get-SpiffeBundle

            $bundle | Should -HaveCount 1
            $bundle | Should -BeOfType ([Spiffe.SpiffeBundle])
            $bundle.TrustDomain | Should -Be 'example.org'
            $bundle.X509Authorities | Should -BeOfType ([System.Security.Cryptography.X509Certificates.X509Certificate2])
            $bundle.JwtAuthorities | Should -BeOfType ([Spiffe.JwtAuthority])
        }

        It 'gives the authorities of -Type <Type>' -ForEach @(
            @{ Type = 'X509'; Expected = '1 X.509, 0 JWT' }
            @{ Type = 'Jwt'; Expected = '0 X.509, 1 JWT' }
            @{ Type = 'All'; Expected = '1 X.509, 1 JWT' }
        ) {
            (Get-SpiffeBundle -Type $Type).Authorities | Should -BeExactly $Expected
        }

        It 'selects by trust domain, by name and by position' {
            Get-SpiffeBundle -TrustDomain 'example.org' | Should -HaveCount 1
            Get-SpiffeBundle example.org | Should -HaveCount 1
        }

        It 'selects nothing by an empty list' {
            Get-SpiffeBundle -TrustDomain @() | Should -BeNullOrEmpty
        }

        It 'completes -TrustDomain' {
            $null = Get-SpiffeBundle
            $line = 'Get-SpiffeBundle -TrustDomain ex'

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Should -Be "'example.org'"
        }
    }

    Context 'output' {
        It 'has the authority that signed the SVIDs' {
            $svid = Get-SpiffeX509Svid -Default
            $chain = [System.Security.Cryptography.X509Certificates.X509Chain]::new()
            $chain.ChainPolicy.TrustMode = 'CustomRootTrust'
            $chain.ChainPolicy.RevocationMode = 'NoCheck'
            $chain.ChainPolicy.CustomTrustStore.AddRange([object[]] (Get-SpiffeBundle).X509Authorities)

            $chain.Build($svid.Certificate) | Should -BeTrue
            $chain.Dispose()
        }

        It 'writes itself as PEM and as JSON' {
            $bundle = Get-SpiffeBundle

            $bundle.ToPem() | Should -Match '^-----BEGIN CERTIFICATE-----'
            ($bundle.ToSpiffeJson() | ConvertFrom-Json).keys.use | Should -Be 'x509-svid', 'jwt-svid'
            ($bundle.ToJwks() | ConvertFrom-Json).keys.kid | Should -BeExactly $bundle.JwtAuthorities[0].KeyId
        }

        It 'shows a table of four columns' {
            $table = Get-SpiffeBundle | Out-String -Stream -Width 160 | Where-Object { $_ }

            $table[0].Trim() -split '\s+' | Should -Be 'TrustDomain', 'Authorities', 'Sequence', 'RefreshHint'
        }

        It 'survives a job as a readable copy' {
            $bundle = Start-Job -ScriptBlock { Import-Module -Name $using:manifest; Get-SpiffeBundle } |
                Receive-Job -Wait -AutoRemoveJob

            "$($bundle.TrustDomain)" | Should -BeExactly 'example.org'
            $bundle.Authorities | Should -BeExactly '1 X.509, 1 JWT'
        }
    }

    Context 'errors' {
        It 'reports a trust domain that is missing and gives the others' {
            $bundles = Get-SpiffeBundle -TrustDomain 'other.org', 'example.org' -ErrorAction SilentlyContinue -ErrorVariable failures

            $bundles.TrustDomain | Should -Be 'example.org'
            $failures | Should -HaveCount 1
            $failures[0].FullyQualifiedErrorId | Should -BeExactly 'BundleNotFound,Spiffe.Commands.GetSpiffeBundleCommand'
            $failures[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $failures[0].TargetObject | Should -Be 'other.org'
            $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'gives EndpointNotFound where there is no socket' {
            { Get-SpiffeBundle -Endpoint '/nowhere/agent.sock' } |
                Should -Throw -ErrorId 'EndpointNotFound,Spiffe.Commands.GetSpiffeBundleCommand'
        }

        It 'refuses <_>' -ForEach '-TrustDomain Example.org', '-TrustDomain spiffe://example.org', '-TrustDomain $null', '-Type Wit' {
            { Invoke-Expression -Command "Get-SpiffeBundle $_" } | Should -Throw -ExceptionType (
                [System.Management.Automation.ParameterBindingException])
        }
    }
}

Describe 'Help of Get-SpiffeBundle' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Get-SpiffeBundle) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
