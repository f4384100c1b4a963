BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Export-SpiffeBundle' {
    BeforeDiscovery {
        $hasOpenssl = [bool] (Get-Command -Name openssl -CommandType Application -ErrorAction Ignore)
    }

    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    BeforeEach {
        $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        $null = New-Item -Path $folder -ItemType Directory
        $path = Join-Path -Path $folder -ChildPath 'bundle'
    }

    Context 'formats' {
        It 'writes PEM unless told otherwise' {
            Export-SpiffeBundle -Path $path

            $read = [System.Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem((Get-Content -Path $path -Raw))
            $read.Thumbprint | Should -BeExactly (Get-SpiffeBundle).X509Authorities[0].Thumbprint
        }

        It 'writes PEM that openssl reads' -Skip:(-not $hasOpenssl) {
            Export-SpiffeBundle -Path $path

            $text = openssl x509 -in $path -noout -ext subjectAltName
            $LASTEXITCODE | Should -Be 0
            $text -join ' ' | Should -Match 'URI:spiffe://example\.org'
        }

        It 'writes DER' {
            Export-SpiffeBundle -Path $path -Format Der

            $read = [System.Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadCertificateFromFile($path)
            $read.Thumbprint | Should -BeExactly (Get-SpiffeBundle).X509Authorities[0].Thumbprint
        }

        It 'writes the SPIFFE bundle document' {
            Export-SpiffeBundle -Path $path -Format Spiffe

            $document = Get-Content -Path $path -Raw | ConvertFrom-Json
            $document.keys.use | Should -Be 'x509-svid', 'jwt-svid'
            $der = [System.Convert]::FromBase64String($document.keys[0].x5c[0])
            $read = [System.Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadCertificate($der)
            $read.Thumbprint | Should -BeExactly (Get-SpiffeBundle).X509Authorities[0].Thumbprint
        }

        It 'writes the JWK Set' {
            Export-SpiffeBundle -Path $path -Format Jwks

            $keys = (Get-Content -Path $path -Raw | ConvertFrom-Json).keys
            $keys.kid | Should -BeExactly (Get-SpiffeBundle).JwtAuthorities[0].KeyId
            $keys.kty | Should -BeExactly 'EC'
        }

        It 'takes path and format by position' {
            Export-SpiffeBundle $path Jwks

            Get-Content -Path $path -Raw | Should -Match '"keys"'
        }
    }

    Context 'paths' {
        It 'writes <Name> into a folder for -Format <Format>' -ForEach @(
            @{ Format = 'Pem'; Name = 'example.org.pem' }
            @{ Format = 'Der'; Name = 'example.org.der' }
            @{ Format = 'Spiffe'; Name = 'example.org.spiffe.json' }
            @{ Format = 'Jwks'; Name = 'example.org.jwks.json' }
        ) {
            Export-SpiffeBundle -Path $folder -Format $Format

            (Get-ChildItem -Path $folder -Force).Name | Should -BeExactly $Name
        }

        It 'starts relative paths at the current location' {
            Push-Location -Path $folder
            try {
                Export-SpiffeBundle -Path './here.pem'
            }
            finally {
                Pop-Location
            }

            Join-Path -Path $folder -ChildPath 'here.pem' | Should -Exist
        }

        It 'leaves nothing else in the folder' {
            Export-SpiffeBundle -Path $path
            Export-SpiffeBundle -Path $path

            Get-ChildItem -Path $folder -Force | Should -HaveCount 1
        }

        It 'makes the file readable for everybody' -Skip:$IsWindows {
            Export-SpiffeBundle -Path $path

            [System.IO.File]::GetUnixFileMode($path) | Should -Be 'OtherRead, GroupRead, UserWrite, UserRead'
        }
    }

    Context 'binding and output' {
        It 'gives nothing without -PassThru, and the file with it' {
            Export-SpiffeBundle -Path $path | Should -BeNullOrEmpty
            $file = Export-SpiffeBundle -Path $path -PassThru

            $file | Should -BeOfType ([System.IO.FileInfo])
            $file.FullName | Should -BeExactly $path
            $file.Length | Should -BeGreaterThan 0
        }

        It 'takes bundles from the pipeline without asking the agent' {
            $bundle = Get-SpiffeBundle

            $bundle | Export-SpiffeBundle -Path $path -Endpoint '/nowhere/agent.sock'

            Get-Content -Path $path -Raw | Should -BeExactly $bundle.ToPem()
        }

        It 'takes the bundle of an SVID' {
            Export-SpiffeBundle -Path $path -Bundle (Get-SpiffeX509Svid -Default).Bundle

            Get-Content -Path $path -Raw | Should -BeExactly (Get-SpiffeBundle).ToPem()
        }

        It 'completes -TrustDomain' {
            $null = Get-SpiffeBundle
            $line = 'Export-SpiffeBundle -Path x -TrustDomain '

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Should -Be "'example.org'"
        }
    }

    Context 'files that are there' {
        BeforeEach {
            Set-Content -Path $path -Value 'old'
        }

        It 'replaces them' {
            Export-SpiffeBundle -Path $path

            Get-Content -Path $path -Raw | Should -Match 'BEGIN CERTIFICATE'
        }

        It 'keeps them with <_>' -ForEach '-NoClobber', '-NoClobber -Force' {
            $failure = { Invoke-Expression -Command "Export-SpiffeBundle -Path '$path' $_ -ErrorAction Stop" } |
                Should -Throw -ErrorId 'FileExists,Spiffe.Commands.ExportSpiffeBundleCommand' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'ResourceExists'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            Get-Content -Path $path | Should -BeExactly 'old'
        }

        It 'replaces read-only ones only with -Force' {
            Set-ItemProperty -Path $path -Name IsReadOnly -Value $true

            { Export-SpiffeBundle -Path $path -ErrorAction Stop } | Should -Throw -ErrorId 'WriteFailed,*'
            Get-Content -Path $path | Should -BeExactly 'old'
            Export-SpiffeBundle -Path $path -Force
            Get-Content -Path $path -Raw | Should -Match 'BEGIN CERTIFICATE'
        }

        It 'touches nothing with -WhatIf' {
            Export-SpiffeBundle -Path $path -WhatIf -PassThru | Should -BeNullOrEmpty

            Get-Content -Path $path | Should -BeExactly 'old'
        }
    }

    Context 'errors' {
        It 'reports a trust domain that is missing' {
            Export-SpiffeBundle -Path $path -TrustDomain 'other.org' -ErrorAction SilentlyContinue -ErrorVariable failures

            $failures.FullyQualifiedErrorId | Should -BeExactly 'BundleNotFound,Spiffe.Commands.ExportSpiffeBundleCommand'
            $path | Should -Not -Exist
        }

        It 'gives BundleInvalid where the bundle has nothing for the format' {
            $bundle = Get-SpiffeBundle -Type Jwt

            { $bundle | Export-SpiffeBundle -Path $path -ErrorAction Stop } | Should -Throw -ErrorId 'BundleInvalid,*'
            $path | Should -Not -Exist
        }

        It 'gives FileNotFound where the folder is missing' {
            { Export-SpiffeBundle -Path "$folder/none/bundle.pem" -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
            Export-SpiffeBundle -Path "$folder/none/bundle.pem" -Force -WhatIf

            "$folder/none" | Should -Not -Exist
        }

        It 'creates the folder with -Force' {
            Export-SpiffeBundle -Path "$folder/none/such/bundle.pem" -Force
            Export-SpiffeBundle -Path "$folder/all/" -Force

            "$folder/none/such/bundle.pem" | Should -Exist
            "$folder/all/example.org.pem" | Should -Exist
            { Export-SpiffeBundle -Path "$folder/all/example.org.pem/none/bundle.pem" -Force -ErrorAction Stop } |
                Should -Throw -ErrorId 'WriteFailed,*'
        }

        It 'runs the script of -OnExported with the bundles, and only where something has changed' {
            Export-SpiffeBundle -Path $path -OnExported { "$($_.TrustDomain)" } | Should -BeExactly 'example.org'
            Export-SpiffeBundle -Path $path -OnExported { 'ran' } | Should -BeNullOrEmpty
            Export-SpiffeBundle -Path "$folder/none/bundle" -OnExported { 'ran' } -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            Export-SpiffeBundle -Path "$folder/other" -OnExported { throw 'no service' } -ErrorVariable failures -ErrorAction SilentlyContinue

            $failures[0].FullyQualifiedErrorId | Should -BeExactly 'OnExportedFailed,Spiffe.Commands.ExportSpiffeBundleCommand'
        }

        It 'runs it once for each update of a watch' {
            $kinds = Watch-SpiffeBundle -Count 2 | Export-SpiffeBundle -Path $path -OnExported {
                "$($_.Kind)"
                if ($_.SequenceNumber -eq 1) { Update-SpiffeDevAgent -Rotate X509Authority }
            }

            $kinds | Should -HaveCount 2
        }

        It 'does not ask the agent when the pipeline is empty' {
            @() | Export-SpiffeBundle -Path $path

            $path | Should -Not -Exist
        }

        It 'gives TooManyForTarget for several bundles in one file' {
            $other = [Spiffe.SpiffeBundle]::new([Spiffe.TrustDomain]::Parse('other.org'), (Get-SpiffeBundle).X509Authorities)

            { (Get-SpiffeBundle), $other | Export-SpiffeBundle -Path $path -ErrorAction Stop } |
                Should -Throw -ErrorId 'TooManyForTarget,*'
            $path | Should -Not -Exist
        }

        It 'gives WriteFailed for a path outside of the file system, and names that path' {
            $failure = { Export-SpiffeBundle -Path 'Env:BUNDLE' -ErrorAction Stop } |
                Should -Throw -ErrorId 'WriteFailed,*' -PassThru

            $failure.TargetObject | Should -BeExactly 'Env:BUNDLE'
        }
    }
}

Describe 'Help of Export-SpiffeBundle' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Export-SpiffeBundle) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive
    }
}
