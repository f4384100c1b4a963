BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
    $isRoot = $IsLinux -and (id -u) -eq 0
    $hasOpenssl = [bool] (Get-Command -Name openssl -ErrorAction Ignore)
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"

    function Get-Mode ([string] $Name) {
        [Convert]::ToString([int] (Get-Item -LiteralPath "$folder/$Name" -Force).UnixFileMode, 8)
    }
}

Describe 'Export-SpiffeX509Svid' {
    BeforeAll {
        $entries = @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' },
        @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal' }
        $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    BeforeEach {
        $folder = (New-Item -Path "$TestDrive/$([guid]::NewGuid())" -ItemType Directory).FullName
    }

    It 'writes the files of all SVIDs under the names that SPIRE gives them' {
        Get-SpiffeX509Svid | Export-SpiffeX509Svid -Path $folder

        (Get-ChildItem -Path $folder).Name | Sort-Object | Should -Be @(
            'bundle.0.pem', 'bundle.1.pem', 'svid.0.key', 'svid.0.pem', 'svid.1.key', 'svid.1.pem')
    }

    It 'keeps keys for their owner' -Skip:$IsWindows {
        Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Layout Helper

        Get-Mode 'svid_key.pem' | Should -BeExactly '600'
        Get-Mode 'svid.pem' | Should -BeExactly '644'
        Get-Mode 'svid_bundle.pem' | Should -BeExactly '644'
    }

    It 'takes modes as chmod does' -Skip:$IsWindows {
        Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Layout Helper -KeyMode 0640 -CertificateMode 0600

        Get-Mode 'svid_key.pem' | Should -BeExactly '640'
        Get-Mode 'svid.pem' | Should -BeExactly '600'
    }

    It 'refuses <Mode> as the mode of a key' -Skip:$IsWindows -ForEach @(
        @{ Mode = [Convert]::ToInt32('640', 8) }, @{ Mode = '0644' }, @{ Mode = 'UserRead' }
    ) {
        { Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -KeyMode $Mode } |
            Should -Throw -ErrorId 'ParameterArgument*'

        Get-ChildItem -Path $folder | Should -BeNullOrEmpty
    }

    It 'completes only modes that it accepts: <_>' -Skip:$IsWindows -ForEach 'KeyMode', 'CertificateMode' {
        $line = "Export-SpiffeX509Svid -Path '$folder' -$_ "
        $modes = (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText

        $modes | Should -Contain '0640'
        foreach ($mode in $modes) {
            $chosen = @{ $_ = Invoke-Expression -Command $mode }
            Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Force -ErrorAction Stop @chosen
        }
    }

    It 'keeps the owner and the group of files that it renews' -Skip:(-not $isRoot) {
        Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Layout Helper -Owner 31001 -Group 31002
        Update-SpiffeDevAgent -Rotate Svid
        Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Layout Helper

        foreach ($file in Get-ChildItem -Path $folder -File) {
            stat -c '%u:%g' $file.FullName | Should -BeExactly '31001:31002'
        }
        Get-Mode 'svid_key.pem' | Should -BeExactly '600'
    }

    It 'refuses an account that there is not' -Skip:$IsWindows {
        { Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Owner nobody-has-this } |
            Should -Throw -ErrorId 'AccountNotFound*'
    }

    It 'writes key and certificate that openssl finds to fit, and a chain that it verifies' -Skip:(-not $hasOpenssl) {
        Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Layout Helper

        $ofKey = openssl pkey -in "$folder/svid_key.pem" -pubout
        $ofCertificate = openssl x509 -in "$folder/svid.pem" -noout -pubkey
        $ofKey | Should -BeExactly $ofCertificate
        openssl verify -x509_strict -CAfile "$folder/svid_bundle.pem" "$folder/svid.pem" | Should -Match 'OK$'
    }

    It 'writes a PFX that opens with its password alone' -Skip:(-not $hasOpenssl) {
        $password = ConvertTo-SecureString -String 'correct horse' -AsPlainText -Force
        $svid = Get-SpiffeX509Svid -Default
        $svid | Export-SpiffeX509Svid -Path $folder -Layout Pfx -Password $password

        (Get-PfxCertificate -FilePath "$folder/svid.pfx" -Password $password).Thumbprint | Should -BeExactly $svid.Thumbprint
        openssl pkcs12 -in "$folder/svid.pfx" -passin 'pass:correct horse' -nodes -nocerts | Select-Object -Last 1 |
            Should -Match 'END PRIVATE KEY'
        $null = openssl pkcs12 -in "$folder/svid.pfx" -passin 'pass:wrong' -nodes 2>&1
        $LASTEXITCODE | Should -Not -Be 0
    }

    It 'keeps files current' {
        $shell = [powershell]::Create().AddScript({
            Import-Module -Name $args[0]
            Watch-SpiffeSvid -Hint external -Count 2 | Export-SpiffeX509Svid -Path $args[1] -Layout Helper
        }).AddArgument("$PSScriptRoot/../../Spiffe.psd1").AddArgument($folder)
        try {
            $run = $shell.BeginInvoke()
            foreach ($null in 1..300) {
                if (Test-Path -Path "$folder/svid_bundle.pem") { break }
                Start-Sleep -Milliseconds 100
            }

            $before = Get-Content -Path "$folder/svid.pem" -Raw
            Update-SpiffeDevAgent -Rotate Svid
            $run.AsyncWaitHandle.WaitOne(60000) | Should -BeTrue
        }
        finally {
            $shell.Dispose()
        }

        Get-Content -Path "$folder/svid.pem" -Raw | Should -Not -BeExactly $before
        (Get-ChildItem -Path $folder).Name | Should -HaveCount 3
    }

    It 'runs the script of -OnExported with the SVIDs, and only where something has changed' {
        $svids = Get-SpiffeX509Svid
        $script = { "ran for $($_.SpiffeId)" }

        $svids | Export-SpiffeX509Svid -Path $folder -OnExported $script |
            Should -BeExactly 'ran for spiffe://example.org/web spiffe://example.org/batch'
        $svids | Export-SpiffeX509Svid -Path $folder -OnExported $script | Should -BeNullOrEmpty
        Remove-Item -Path "$folder/svid.1.key"
        $svids | Export-SpiffeX509Svid -Path $folder -OnExported $script | Should -HaveCount 1
    }

    It 'runs it once for each update, whose files are there then' {
        $seen = Watch-SpiffeSvid -Hint external -Count 3 | Export-SpiffeX509Svid -Path $folder -Layout Helper -OnExported {
            Get-Content -Path "$folder/svid.pem" -Raw
            if ($_.SequenceNumber -lt 3) { Update-SpiffeDevAgent -Rotate Svid }
        }

        $seen | Should -HaveCount 3
        $seen | Select-Object -Unique | Should -HaveCount 3
    }

    It 'reports what goes wrong in it, goes on, and runs it again' {
        $runs = [System.Collections.Generic.List[string]]::new()
        Watch-SpiffeSvid -Hint external -Count 2 |
            Export-SpiffeX509Svid -Path $folder -Layout Helper -ErrorVariable failures -ErrorAction SilentlyContinue -OnExported {
                $runs.Add($_.Kind)
                Update-SpiffeDevAgent -Rotate Svid
                if ($runs.Count -eq 1) { throw 'no service' }
            }

        "$runs" | Should -BeExactly 'Initial Updated'
        $failures | Should -HaveCount 1
        $failures[0].FullyQualifiedErrorId | Should -BeExactly 'OnExportedFailed,Spiffe.Commands.ExportSpiffeX509SvidCommand'
        $failures[0].Exception.Message | Should -Match 'no service'
    }

    It 'does not run it where a file was not written' {
        $null = New-Item -Path "$folder/svid_key.pem" -ItemType Directory

        Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Layout Helper -OnExported { 'ran' } -ErrorAction SilentlyContinue |
            Should -BeNullOrEmpty
    }

    It 'names it with -WhatIf, and does not run it' {
        $log = "$TestDrive/whatif.txt"
        Start-Transcript -Path $log
        try {
            Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -WhatIf -OnExported { throw 'ran' }
        }
        finally {
            $null = Stop-Transcript
        }

        Get-Content -Path $log -Raw | Should -Match 'OnExported'
    }

    It 'writes nothing with -WhatIf' {
        Get-SpiffeX509Svid | Export-SpiffeX509Svid -Path $folder -WhatIf

        Get-ChildItem -Path $folder | Should -BeNullOrEmpty
    }

    It 'creates the folder with -Force, and without it says that it is missing' {
        $svid = Get-SpiffeX509Svid -Default

        { $svid | Export-SpiffeX509Svid -Path "$folder/a/b" -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
        $svid | Export-SpiffeX509Svid -Path "$folder/a/b" -Force -WhatIf
        "$folder/a" | Should -Not -Exist
        $svid | Export-SpiffeX509Svid -Path "$folder/a/b" -Force

        "$folder/a/b/svid.0.key" | Should -Exist
        { $svid | Export-SpiffeX509Svid -Path "$folder/a/b/svid.0.key/c" -Force -ErrorAction Stop } |
            Should -Throw -ErrorId 'WriteFailed,*'
    }

    It 'leaves with -NoClobber what is there' {
        Set-Content -Path "$folder/svid.pem" -Value 'mine'

        { Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path $folder -Layout Helper -NoClobber -ErrorAction Stop } |
            Should -Throw -ErrorId 'FileExists,Spiffe.Commands.ExportSpiffeX509SvidCommand'

        Get-Content -Path "$folder/svid.pem" | Should -BeExactly 'mine'
        (Get-ChildItem -Path $folder).Name | Should -HaveCount 1
    }

    It 'refuses <Parameters>' -ForEach @(
        @{ Parameters = '-Layout Pfx'; Id = 'LayoutMismatch' }
        @{ Parameters = '-Layout Spire -KeyFileName a.pem'; Id = 'LayoutMismatch' }
        @{ Parameters = '-Layout Helper -KeyFileName ../a.pem'; Id = 'ParameterArgumentValidationError' }
    ) {
        { Invoke-Expression -Command "Get-SpiffeX509Svid -Default | Export-SpiffeX509Svid -Path '$folder' $Parameters" } |
            Should -Throw -ErrorId "$Id*"
    }
}

Describe 'Help of Export-SpiffeX509Svid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Export-SpiffeX509Svid) {
        $output = Invoke-HelpExample -Code $Code -Folder $TestDrive

        [bool] $output | Should -Be ($Code -notmatch '-WhatIf')
    }
}
