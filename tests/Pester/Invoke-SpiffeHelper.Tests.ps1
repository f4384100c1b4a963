BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Invoke-SpiffeHelper' {
    BeforeAll {
        $entries = @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' },
        @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal' }
        $agent = Start-SpiffeDevAgent -Entry $entries -SvidTtlSec 4 -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    BeforeEach {
        $folder = (New-Item -Path "$TestDrive/$([guid]::NewGuid())" -ItemType Directory).FullName
    }

    It 'writes the files of a folder once' {
        $events = Invoke-SpiffeHelper -Path $folder -OneShot

        $events.Kind | Should -Be 'Written'
        $events.SpiffeId | Should -Be 'spiffe://example.org/web'
        $events.Files | Split-Path -Leaf | Should -Be 'svid_key.pem', 'svid.pem', 'svid_bundle.pem'
        Get-ChildItem -Path $folder -Name | Sort-Object | Should -Be 'svid_bundle.pem', 'svid_key.pem', 'svid.pem'
    }

    It 'takes modes as chmod does' -Skip:$IsWindows {
        $null = Invoke-SpiffeHelper -Path $folder -KeyMode 0640 -CertificateMode '0444' -OneShot

        (Get-Item -Path "$folder/svid_key.pem").ResolveLinkTarget($true).UnixFileMode | Should -Be 'GroupRead, UserWrite, UserRead'
        (Get-Item -Path "$folder/svid.pem").ResolveLinkTarget($true).UnixFileMode | Should -Be 'OtherRead, GroupRead, UserRead'
    }

    It 'refuses a mode that gives the private key to everyone' -Skip:$IsWindows {
        { Invoke-SpiffeHelper -Path $folder -KeyMode 0644 -OneShot } |
            Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'takes a hashtable with the keys of the file' {
        $null = Invoke-SpiffeHelper -Configuration ([ordered] @{
                cert_dir    = $folder
                daemon_mode = $false
                jwt_svids   = @(@{ jwt_audience = 'a'; jwt_extra_audiences = @('b'); jwt_svid_file_name = 't.jwt' })
                hint        = 'internal'
            })

        $token = ConvertFrom-SpiffeJwt -Token (Get-Content -Path "$folder/t.jwt" -Raw)
        $token.SpiffeId | Should -Be 'spiffe://example.org/batch'
    }

    It 'takes values that come out of commands and JSON' {
        Set-Content -Path "$TestDrive/audience.txt" -Value 'a', 'b'
        $lines = Get-Content -Path "$TestDrive/audience.txt"
        $null = Invoke-SpiffeHelper -Path $folder -JwtSvid @{ Audience = $lines; FileName = $lines[0] + '.jwt' } -OneShot
        $null = Invoke-SpiffeHelper -Configuration @{
            cert_dir    = Convert-Path -Path $folder
            daemon_mode = $false
            jwt_svids   = '[{ "jwt_audience": "b", "jwt_svid_file_name": "b.jwt" }]' | ConvertFrom-Json -NoEnumerate
            hint        = 'internal' | Add-Member -NotePropertyName From -NotePropertyValue here -PassThru
        }

        Get-Content -Path "$folder/a.jwt" -Raw | Test-SpiffeJwt -Audience b | Should -BeTrue
        (ConvertFrom-SpiffeJwt -Token (Get-Content -Path "$folder/b.jwt" -Raw)).SpiffeId | Should -Be 'spiffe://example.org/batch'
    }

    It 'takes JWT-SVIDs as parameters' {
        $null = Invoke-SpiffeHelper -Path $folder -JwtSvid @{ Audience = 'a', 'b'; FileName = 't.jwt' } -OneShot

        Get-ChildItem -Path $folder -Name | Should -Be 't.jwt'
        Get-Content -Path "$folder/t.jwt" -Raw | Test-SpiffeJwt -Audience b | Should -BeTrue
    }

    It 'runs a program and passes its exit code on' -Skip:$IsWindows {
        $events = Invoke-SpiffeHelper -Path $folder -Command sh -ArgumentList '-c', 'test -s svid.pem; exit 7' -EndWithCommand

        $events.Kind | Should -Be 'Written', 'Started', 'Exited', 'Stopping'
        $events[2].ExitCode | Should -Be 7
        $LASTEXITCODE | Should -Be 7
    }

    It 'runs a script at each renewal, also after one that failed' {
        $script:runs = @()
        $events = Invoke-SpiffeHelper -Path $folder -ErrorVariable errors -ErrorAction SilentlyContinue -OnRenewed {
            $script:runs += $_.SpiffeId
            if ($script:runs.Count -eq 1) { throw 'not yet' }
        } | Where-Object -Property Kind -EQ -Value Written | Select-Object -First 3

        $events.Count | Should -Be 3
        $script:runs.Count | Should -BeGreaterOrEqual 2
        $errors.Count | Should -Be 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'OnRenewedFailed,*'
        $errors[0].Exception.Message | Should -BeLike '*not yet*'
    }

    It 'goes on after a script that ends with <_>' -ForEach 'break', 'continue', 'return' {
        $script:runs = 0
        $scriptBlock = [scriptblock]::Create("`$script:runs++; $_; throw 'not reached'")
        $events = foreach ($turn in 1..2) {
            Invoke-SpiffeHelper -Path (New-Item -Path "$folder/$turn" -ItemType Directory) -OneShot -OnRenewed $scriptBlock
        }

        $events.Kind | Should -Be 'Written', 'Written'
        $script:runs | Should -Be 2
    }

    It 'restarts services where the system has them' {
        function global:Restart-Service {
            [CmdletBinding()]
            param([Parameter(ValueFromPipeline)] [string] $Name, [switch] $Force)
            process { $global:restarted += "$Name $Force " }
        }

        $global:restarted = ''
        try {
            $null = Invoke-SpiffeHelper -Path $folder -OneShot -RestartService one, two
            $global:restarted | Should -Be 'one True two True '
        }
        finally {
            Remove-Item -Path function:Restart-Service
            Remove-Variable -Name restarted -Scope Global
        }
    }

    It 'says that there are no such services elsewhere' -Skip:$IsWindows {
        { Invoke-SpiffeHelper -Path $folder -OneShot -RestartService one } |
            Should -Throw -ErrorId 'NotSupportedHere,*'
    }

    It 'shows the place in a configuration that is not valid' {
        Set-Content -Path "$folder/helper.conf" -Value "cert_dir = '$folder'"

        { Invoke-SpiffeHelper -ConfigPath "$folder/helper.conf" } | Should -Throw -ErrorId 'HelperConfigInvalid,*' -ExpectedMessage '*line 1, column 12*'
    }

    It 'warns of probable mistakes' {
        Set-Content -Path "$folder/helper.conf" -Value @"
cert_dir = "$folder"
svid_file_name = "svid.pem"
svid_key_file_name = "svid_key.pem"
svid_bundle_file_name = "svid_bundle.pem"
cert_file_mode = 444
include_federated_domains = true
"@

        $null = Invoke-SpiffeHelper -ConfigPath "$folder/helper.conf" -OneShot -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings -join "`n" | Should -BeLike '*line 5, column 18*0674*section 4.2*'

        $null = Invoke-SpiffeHelper -ConfigPath "$folder/helper.conf" -OneShot -FederatedFiles -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings -join "`n" | Should -Not -BeLike '*section 4.2*'
    }

    It 'ends where another one keeps the folder' {
        Invoke-SpiffeHelper -Path $folder | Select-Object -First 1 | ForEach-Object {
            { Invoke-SpiffeHelper -Path $folder -OneShot } | Should -Throw -ErrorId 'HelperRunning,*'
        }

        { Invoke-SpiffeHelper -Path $folder -OneShot } | Should -Not -Throw
    }

    It 'does nothing with -WhatIf' {
        Invoke-SpiffeHelper -Path $folder -Command sh -WhatIf

        Get-ChildItem -Path $folder -Force | Should -BeNullOrEmpty
    }

    It 'ends at SIGTERM while it waits for an identity to write once' -Skip:$IsWindows {
        $nobody = Start-SpiffeDevAgent -Entry @() -TrustDomain nobody.org
        $script = "Import-Module '$(Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1")'; " +
            "Invoke-SpiffeHelper -Path '$folder' -Endpoint $($nobody.Endpoint) -OneShot -TimeoutSec 0 | ForEach-Object Kind"
        $process = @{
            FilePath               = (Get-Process -Id $PID).Path
            ArgumentList           = '-NoProfile', '-EncodedCommand', [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($script))
            RedirectStandardOutput = "$TestDrive/once.txt"
            PassThru               = $true
        }
        $waiting = Start-Process @process
        foreach ($i in 1..600) {
            if ((Get-Content -Path "$TestDrive/once.txt" -ErrorAction Ignore) -contains 'Failed') { break }
            Start-Sleep -Milliseconds 100
        }

        /bin/kill -TERM $waiting.Id

        $hasEnded = $waiting.WaitForExit(20000)
        if (-not $hasEnded) { $waiting.Kill() }
        Stop-SpiffeDevAgent -ProcessId $nobody.ProcessId
        $hasEnded | Should -BeTrue
    }

    It 'says that the time is over' {
        { Invoke-SpiffeHelper -Path $folder -TimeoutSec 1 } | Should -Throw -ErrorId 'Timeout,*'
    }

    It 'shows events as a table of three columns' {
        $text = Invoke-SpiffeHelper -Path $folder -OneShot | Out-String -Width 80

        $text | Should -BeLike '*Time * Kind * Message*Written*svid_key.pem, svid.pem*'
    }

    # Most examples run until they are stopped: the first event will do. echo takes the place of nginx.
    It 'runs <Title>' -ForEach (Get-HelpExample -Name Invoke-SpiffeHelper) {
        Set-Content -Path "$folder/helper.conf" -Value @"
cert_dir = "$folder"
svid_file_name = "svid.pem"
svid_key_file_name = "svid_key.pem"
svid_bundle_file_name = "svid_bundle.pem"
"@
        # An example may have started another agent.
        $env:SPIFFE_ENDPOINT_SOCKET = $agent.Endpoint
        $here = (Convert-SystemPath -Code $Code -Folder $folder) -replace "'nginx'", "'echo'"

        Invoke-HelpExample -Code $here -Folder $folder | Where-Object { $_.Files } | Select-Object -First 1 | Should -Not -BeNullOrEmpty
    }
}
