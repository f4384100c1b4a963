BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
    $hasOpenssl = [bool] (Get-Command -Name openssl -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Import-SpiffeX509Svid' {
    BeforeAll {
        $entries = @(
            @{ SpiffeId = 'spiffe://example.org/web' }
            @{ SpiffeId = 'spiffe://example.org/batch'; KeyType = 'RSA-2048' }
        )
        $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
        $svids = Get-SpiffeX509Svid
        $bundle = Get-SpiffeBundle
        $password = ConvertTo-SecureString -String 'correct horse' -AsPlainText -Force
        $wrong = ConvertTo-SecureString -String 'wrong' -AsPlainText -Force
        # What is there needs no agent.
        Stop-SpiffeDevAgent
    }

    BeforeEach {
        $folder = (New-Item -Path "$TestDrive/$([guid]::NewGuid())" -ItemType Directory).FullName
    }

    It 'reads all SVIDs of a folder that SPIRE has written, with their bundles' {
        $svids | Export-SpiffeX509Svid -Path $folder

        $read = Import-SpiffeX509Svid -Path $folder

        $read | Should -BeOfType ([Spiffe.X509Svid])
        "$($read.SpiffeId)" | Should -BeExactly 'spiffe://example.org/web spiffe://example.org/batch'
        "$($read.Thumbprint)" | Should -BeExactly "$($svids.Thumbprint)"
        $read.IsDefault | Should -Be @($true, $false)
        $read.HasPrivateKey | Should -Be @($true, $true)
        $read | Test-SpiffeX509Svid | Should -Be @($true, $true)
    }

    It 'gives what can be exported again' {
        $svids[1] | Export-SpiffeX509Svid -Path $folder -Layout Helper
        $copy = "$folder/copy"

        Import-SpiffeX509Svid -Path $folder | Export-SpiffeX509Svid -Path $copy -Layout Helper -Force

        foreach ($name in 'svid.pem', 'svid_key.pem', 'svid_bundle.pem') {
            Get-Content -Path "$copy/$name" -Raw | Should -BeExactly (Get-Content -Path "$folder/$name" -Raw)
        }
    }

    It 'gives what can be installed' {
        $svids[0] | Export-SpiffeX509Svid -Path $folder -Layout Helper
        $installed = Import-SpiffeX509Svid -Path $folder | Install-SpiffeX509Svid -PassThru

        try {
            $installed.Thumbprint | Should -BeExactly $svids[0].Thumbprint
        }
        finally {
            $installed | Uninstall-SpiffeX509Svid -Confirm:$false
        }
    }

    It 'reads a folder as SPIFFE Filesystem Delivery has it, with foreign bundles by their names' {
        $svids[0] | Export-SpiffeX509Svid -Path $folder -Layout Combined -CertificateFileName 'credential-bundle.private-key.pem'
        $bundle | Export-SpiffeBundle -Path "$folder/example.org.spiffe-trust-bundle.pem"
        $bundle | Export-SpiffeBundle -Path "$folder/other.org.spiffe-trust-bundle.pem"
        $bundle | Export-SpiffeBundle -Path "$folder/Not A Domain.spiffe-trust-bundle.pem"

        $read = Import-SpiffeX509Svid -Path $folder -WarningVariable warnings -WarningAction Ignore

        "$($read.Bundle.X509Authorities.Thumbprint)" | Should -BeExactly "$($bundle.X509Authorities.Thumbprint)"
        "$($read.FederatedBundles.TrustDomain)" | Should -BeExactly 'other.org'
        $read | Test-SpiffeX509Svid | Should -BeTrue
        $warnings | Should -HaveCount 1
    }

    It 'leaves foreign bundles out where the file does not say whose they are' {
        $svids[0] | Export-SpiffeX509Svid -Path $folder
        Copy-Item -Path "$folder/bundle.0.pem" -Destination "$folder/federated_bundle.0.0.pem"

        $read = Import-SpiffeX509Svid -Path $folder -WarningVariable warnings -WarningAction Ignore

        $read.FederatedBundles | Should -BeNullOrEmpty
        $warnings | Should -HaveCount 1
    }

    It 'reads a file with a key of its own, without one, and one file with both' {
        $svids[0] | Export-SpiffeX509Svid -Path $folder -Layout Helper
        $svids[0] | Export-SpiffeX509Svid -Path $folder -Layout Combined -CertificateFileName both.pem

        (Import-SpiffeX509Svid "$folder/svid.pem" -KeyPath "$folder/svid_key.pem").HasPrivateKey | Should -BeTrue
        (Get-Item -Path "$folder/both.pem" | Import-SpiffeX509Svid).HasPrivateKey | Should -BeTrue
        $bare = Import-SpiffeX509Svid -LiteralPath "$folder/svid.pem" -Bundle $bundle
        $bare.HasPrivateKey | Should -BeFalse
        $bare | Test-SpiffeX509Svid | Should -BeTrue
        Import-SpiffeX509Svid -Path "$folder/svid.pem" | Test-SpiffeX509Svid | Should -BeFalse
    }

    It 'says of an SVID without its key what cannot be done with it' {
        $svids[0] | Export-SpiffeX509Svid -Path $folder -Layout Helper
        $bare = Import-SpiffeX509Svid -Path "$folder/svid.pem" -Bundle $bundle

        { $bare | Export-SpiffeX509Svid -Path $folder -Layout Helper -ErrorAction Stop } |
            Should -Throw -ErrorId 'PrivateKeyMissing,*'
        { $bare | Install-SpiffeX509Svid -ErrorAction Stop } | Should -Throw -ErrorId 'PrivateKeyMissing,*'
        { Invoke-SpiffeRestMethod -Uri https://127.0.0.1:1 -AllowAny -Svid $bare } | Should -Throw -ErrorId 'PrivateKeyMissing,*'
        ($bare | Format-List | Out-String) | Should -Match 'HasPrivateKey\s*: False'
    }

    It 'reads PFX files by their password alone' {
        $svids[0] | Export-SpiffeX509Svid -Path $folder -Layout Pfx -Password $password

        $read = Import-SpiffeX509Svid -Path "$folder/svid.pfx" -Password $password -Bundle $bundle

        $read.Thumbprint | Should -BeExactly $svids[0].Thumbprint
        $read.HasPrivateKey | Should -BeTrue
        $read.Chain.Count | Should -Be $svids[0].Chain.Count
        $read | Export-SpiffeX509Svid -Path $folder -Layout Helper
        "$folder/svid_key.pem" | Should -Exist
        { Import-SpiffeX509Svid -Path "$folder/svid.pfx" -Password $wrong -ErrorAction Stop } |
            Should -Throw -ErrorId 'SvidFileInvalid,Spiffe.Commands.ImportSpiffeX509SvidCommand'
        { Import-SpiffeX509Svid -Path "$folder/svid.pfx" -ErrorAction Stop } | Should -Throw -ErrorId 'SvidFileInvalid,*'
    }

    It 'reads keys as openssl writes them: <Kind>' -Skip:(-not $hasOpenssl) -ForEach @(
        @{ Kind = 'SEC 1'; Number = 0; Options = 'pkey', '-traditional' }
        @{ Kind = 'PKCS#1'; Number = 1; Options = 'pkey', '-traditional' }
        @{ Kind = 'encrypted PKCS#8'; Number = 0; Options = 'pkcs8', '-topk8', '-passout', 'pass:correct horse' }
        @{ Kind = 'encrypted PKCS#8 of RSA'; Number = 1; Options = 'pkcs8', '-topk8', '-passout', 'pass:correct horse' }
    ) {
        $svids[$Number] | Export-SpiffeX509Svid -Path $folder -Layout Helper
        openssl @Options -in "$folder/svid_key.pem" -out "$folder/other.key"
        $LASTEXITCODE | Should -Be 0

        $read = Import-SpiffeX509Svid -Path "$folder/svid.pem" -KeyPath "$folder/other.key" -Password $password

        $read | Export-SpiffeX509Svid -Path "$folder/again" -Layout Helper -BundleFileName none.pem -Force -ErrorAction SilentlyContinue
        $read.HasPrivateKey | Should -BeTrue
        if ($Kind -match 'encrypted') {
            foreach ($arguments in @{}, @{ Password = $wrong }) {
                { Import-SpiffeX509Svid "$folder/svid.pem" -KeyPath "$folder/other.key" -ErrorAction Stop @arguments } |
                    Should -Throw -ErrorId 'SvidFileInvalid,*'
            }
        }
    }

    It 'gives <Id> for <Case>' -ForEach @(
        @{ Case = 'a key of another certificate'; Id = 'SvidFileInvalid'; File = 'svid.pem'; More = @{ KeyPath = 'other/svid_key.pem' } }
        @{ Case = 'a file of the key without a key'; Id = 'SvidFileInvalid'; File = 'svid.pem'; More = @{ KeyPath = 'svid_bundle.pem' } }
        @{ Case = 'a key alone'; Id = 'SvidFileInvalid'; File = 'svid_key.pem'; More = @{} }
        @{ Case = 'an authority'; Id = 'SvidInvalid'; File = 'svid_bundle.pem'; More = @{} }
        @{ Case = 'text'; Id = 'SvidFileInvalid'; File = 'text'; More = @{} }
        @{ Case = 'bytes'; Id = 'SvidFileInvalid'; File = 'bytes'; More = @{} }
        @{ Case = 'a file that has no end'; Id = 'ReadFailed'; File = 'long'; More = @{} }
        @{ Case = 'a file that is missing'; Id = 'FileNotFound'; File = 'none.pem'; More = @{} }
        @{ Case = 'a file of the key that is missing'; Id = 'FileNotFound'; File = 'svid.pem'; More = @{ KeyPath = 'none.pem' } }
        @{ Case = 'a folder without an SVID'; Id = 'SvidFileInvalid'; File = 'empty'; More = @{} }
        @{ Case = 'a folder with several layouts'; Id = 'SvidFileInvalid'; File = 'mixed'; More = @{} }
        @{ Case = 'a folder and a file for the key'; Id = 'LayoutMismatch'; File = 'other'; More = @{ KeyPath = 'svid_key.pem' } }
    ) {
        $svids[0] | Export-SpiffeX509Svid -Path $folder -Layout Helper
        $svids[1] | Export-SpiffeX509Svid -Path "$folder/other" -Layout Helper -Force
        $svids[0] | Export-SpiffeX509Svid -Path "$folder/mixed" -Layout Helper -Force
        $svids[0] | Export-SpiffeX509Svid -Path "$folder/mixed"
        $null = New-Item -Path "$folder/empty" -ItemType Directory
        Set-Content -Path "$folder/text" -Value 'no certificate'
        [System.IO.File]::WriteAllBytes("$folder/bytes", [byte[]] (0x30, 0x82, 0x01, 0x00, 1, 2, 3))
        [System.IO.File]::OpenWrite("$folder/long").Dispose()
        [System.IO.File]::WriteAllBytes("$folder/long", [byte[]]::new(5MB))
        Push-Location -Path $folder
        try {
            $failure = { Import-SpiffeX509Svid -Path "$folder/$File" -ErrorAction Stop @More } |
                Should -Throw -ErrorId "$Id,Spiffe.Commands.ImportSpiffeX509SvidCommand" -PassThru
        }
        finally {
            Pop-Location
        }

        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$failure" | Should -Not -Match 'BEGIN|MII|MHc'
    }

    It 'reports a file that is broken, and reads the others' {
        $svids | Export-SpiffeX509Svid -Path $folder
        Set-Content -Path "$folder/svid.2.pem" -Value 'broken'

        $read = Import-SpiffeX509Svid -Path "$folder/svid.*.pem" -ErrorVariable failures -ErrorAction SilentlyContinue

        $read | Should -HaveCount 2
        $failures | Should -HaveCount 1
    }
}

Describe 'Help of Import-SpiffeX509Svid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Import-SpiffeX509Svid) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
