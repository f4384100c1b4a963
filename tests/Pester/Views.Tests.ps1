BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Stores.ps1"

    $escape = [char] 27

    # Width 79 below is a terminal of 80 columns: PowerShell leaves the last one free.

    # An SVID as Export-Clixml keeps one, so that a test chooses how old it is.
    function New-Snapshot ([double] $Age, [double] $Left, [string] $Type = 'X509Svid') {
        $now = Get-Date
        [pscustomobject] @{
            PSTypeName = "Deserialized.Spiffe.$Type"
            DisplayId  = 'spiffe://example.org/web'
            NotBefore  = $now.AddMinutes(-$Age)
            NotAfter   = $now.AddMinutes($Left)
            Thumbprint = 'BCCA95DB4D1B6A20D9E81033C6E21C4C9ADBB8AF'
        }
    }
}

Describe 'Views' {
    BeforeAll {
        $id = "spiffe://example.org/$('a' * 39)"
        $agent = Start-SpiffeDevAgent -SetEnvironment -Entry @(
            @{ SpiffeId = $id }
            @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }
        )
        $store = New-StoreName
        $svid = Get-SpiffeX509Svid -Default
        $token = Get-SpiffeJwtSvid -Audience 'https://orders.example.org' -Default
        $tunnel = Start-SpiffeTunnel Server 127.0.0.1:0 localhost:1 -AllowAny
        $helper = Test-SpiffeHelperConfig -Detailed -Configuration @{
            cert_dir = "$TestDrive"; svid_file_name = 'a'; svid_key_file_name = 'b'; svid_bundle_file_name = 'c'; no_such_key = 1
        }
        $samples = @{
            X509Svid          = $svid
            JwtSvid           = $token
            JwtValidation     = $token | Test-SpiffeJwt -Audience 'https://orders.example.org' -Bundle (Get-SpiffeBundle) -Detailed
            UnverifiedJwt     = $token | ConvertFrom-SpiffeJwt
            SpiffeBundle      = Get-SpiffeBundle
            SvidUpdate        = Watch-SpiffeSvid -SpiffeId $id -Count 1
            BundleUpdate      = Watch-SpiffeBundle -Count 1
            InstalledSvid     = $svid | Install-SpiffeX509Svid -StoreName $store -PassThru
            DevAgent          = $agent
            DiagnosisStep     = @(Test-SpiffeWorkloadApi -Detailed) + @(Test-SpiffeTlsConnection $tunnel.Listen -AllowAny -Detailed)
            VerificationCheck = $svid | Test-SpiffeX509Svid -Bundle @() -Detailed
            SpiffeId          = ConvertTo-SpiffeId $id
            HelperEvent       = Invoke-SpiffeHelper -Path $TestDrive -OneShot
            HelperFinding     = $helper.Findings
            Tunnel            = $tunnel
        }
        $ofId = 'X509Svid', 'JwtSvid', 'SvidUpdate', 'InstalledSvid', 'SpiffeId'
    }

    AfterAll {
        Remove-Store -StoreName $store
        Stop-SpiffeTunnel
        Stop-SpiffeDevAgent
    }

    Context 'at 80 columns' {
        It 'shows each column of a table of <_>' -ForEach @(
            'X509Svid', 'JwtSvid', 'SpiffeBundle', 'SvidUpdate', 'BundleUpdate', 'InstalledSvid', 'DevAgent', 'DiagnosisStep'
            'VerificationCheck', 'SpiffeId', 'HelperEvent', 'HelperFinding', 'Tunnel'
        ) {
            $control = (Get-FormatData -TypeName "Spiffe.$_").FormatViewDefinition.Control |
                Where-Object { $_ -is [System.Management.Automation.TableControl] }
            $items = $control.Rows[0].Columns
            $labels = foreach ($column in 0..($items.Count - 1)) {
                $control.Headers[$column].Label ?? $items[$column].DisplayEntry.Value
            }

            $table = $samples[$_] | Format-Table | Out-String -Stream -Width 79

            $table | Where-Object { $_ -match $labels[0] -and $_ -match $labels[-1] } |
                ForEach-Object { $_.Trim() -split '\s+' } | Select-Object -First $labels.Count | Should -Be $labels
            if ($_ -in $ofId) {
                "$table" | Should -MatchExactly ([regex]::Escape($id))
            }
        }

        It 'shows time and thumbprint of <_> behind an ID that is too long' -ForEach 'X509Svid', 'InstalledSvid' {
            $long = "spiffe://example.org/$('b' * 100)"

            [pscustomobject] @{ PSTypeName = "Deserialized.Spiffe.$_"; DisplayId = $long; NotAfter = (Get-Date).AddHours(3.5); Thumbprint = 'B' * 40 } |
                Out-String -Width 79 | Should -MatchExactly '(?m)^spiffe://example\.org/b+… 3 h +B{9}…'
        }

        It 'breaks no word of <_>' -ForEach 'DiagnosisStep', 'VerificationCheck', 'HelperEvent', 'HelperFinding' {
            $text = $samples[$_] | Out-String -Width 79

            $samples[$_] | ForEach-Object { $_.DisplayStep; $_.DisplayFinding; $_.DisplayMessage } | ForEach-Object { $_ -split '\s+' } |
                Where-Object Length -LT 37 | ForEach-Object { $text | Should -MatchExactly ([regex]::Escape($_)) }
        }

        It 'names the SVIDs of an update, in a list and in text' {
            $samples.SvidUpdate | Format-List | Out-String -Width 200 | Should -MatchExactly "(?m)^Svids +: \{$id\}"
            "$($samples.SvidUpdate)" | Should -BeExactly "Initial: $id"
        }

        It 'lists <_> behind an object of another type once' -ForEach 'DiagnosisStep', 'VerificationCheck' {
            @(Get-Process -Id $PID), $samples[$_] | ForEach-Object { $_ } | Out-String -Width 79 | Should -Not -Match 'Display'
        }

        It 'shows claims as JSON' {
            foreach ($object in $token, $samples.JwtValidation, $samples.UnverifiedJwt) {
                $object | Format-List | Out-String -Width 4000 | Should -MatchExactly '(?m)^Claims +: \{"sub":"spiffe:.*\}\r?$'
            }
        }

        It 'says of an update what changed, for which ID and until when' {
            $rows = $samples.SvidUpdate | Out-String -Stream -Width 79 | Where-Object { $_ }

            $rows[-1] | Should -MatchExactly "^Initial +$id $($svid.NotAfter.ToString('HH:mm:ss', [cultureinfo]::InvariantCulture))$"
        }

        It 'shows a whole thumbprint in the list and the hint behind the ID' {
            Get-SpiffeX509Svid -Hint external | Format-List | Out-String -Width 79 | Should -MatchExactly '(?m)^Thumbprint +: [0-9A-F]{40}'
            Get-SpiffeX509Svid -Hint external | Out-String -Width 79 | Should -MatchExactly 'spiffe://example\.org/web \(external\)'
        }

        It 'lists no token and no raw claims behind an object of another type' {
            $text = @(Get-Process -Id $PID), $token, $samples.UnverifiedJwt, $samples.JwtValidation | ForEach-Object { $_ } | Out-String -Width 4000

            $text | Should -MatchExactly 'SpiffeId'
            $text | Should -Not -MatchExactly 'eyJ'
            $text | Should -Not -MatchExactly '\[sub, '
        }
    }

    Context 'snapshots' {
        BeforeAll {
            $samples.X509Svid, $token | Export-Clixml -Path "$TestDrive/svids.xml"
            $x509, $jwt = Import-Clixml -Path "$TestDrive/svids.xml"
        }

        It 'has the tables of live objects' {
            $x509 | Out-String -Width 79 | Should -MatchExactly "$id +5\d min +[0-9A-F]{9}"
            $jwt | Out-String -Width 79 | Should -MatchExactly "$id +[34] min "
        }

        It 'lists no token of a snapshot behind an object of another type' {
            @(Get-Process -Id $PID), $jwt | ForEach-Object { $_ } | Out-String -Width 4000 | Should -Not -MatchExactly 'eyJ'
        }

        It 'shows how long it is valid from now on' {
            $x509.NotAfter = (Get-Date).AddMinutes(-1)

            $x509 | Out-String -Width 79 | Should -MatchExactly "$id expired"
        }
    }

    Context 'time left' {
        It 'is <Text> with <Left> minutes to go' -ForEach @(
            @{ Left = -1; Text = 'expired' }
            @{ Left = 1.9; Text = '1\d\d s' }
            @{ Left = 53.5; Text = '53 min' }
            @{ Left = 119.5; Text = '119 min' }
            @{ Left = 60 * 3.5; Text = '3 h' }
            @{ Left = 60 * 24 * 400.5; Text = '400 d' }
        ) {
            New-Snapshot -Age 60 -Left $Left | Out-String -Width 79 | Should -MatchExactly "web +$Text +BCCA95DB4"
        }

        It 'is coloured in the last quarter and after the end, and not before' {
            $before = $PSStyle.OutputRendering
            try {
                $PSStyle.OutputRendering = 'Ansi'
                $row = { param ($age, $left) (New-Snapshot -Age $age -Left $left | Out-String -Stream -Width 79) -match 'web' }

                & $row 50 10 | Should -MatchExactly ([regex]::Escape("$($PSStyle.Formatting.Warning)9 min"))
                & $row 50 -1 | Should -MatchExactly ([regex]::Escape("$($PSStyle.Formatting.Error)expired"))
                & $row 10 50 | Should -Not -MatchExactly $escape
            }
            finally {
                $PSStyle.OutputRendering = $before
            }
        }

        It 'takes the colours that the user chose' {
            $before = $PSStyle.OutputRendering
            $warning = $PSStyle.Formatting.Warning
            try {
                $PSStyle.OutputRendering = 'Ansi'
                $PSStyle.Formatting.Warning = "$escape[36m"

                New-Snapshot -Age 50 -Left 10 | Out-String -Width 79 | Should -MatchExactly "$escape\[36m9 min"
            }
            finally {
                $PSStyle.OutputRendering = $before
                $PSStyle.Formatting.Warning = $warning
            }
        }

        It 'has no colour in plain text' {
            $before = $PSStyle.OutputRendering
            try {
                $PSStyle.OutputRendering = 'PlainText'

                New-Snapshot -Age 50 -Left 10 | Out-String -Width 79 | Should -Not -MatchExactly $escape
            }
            finally {
                $PSStyle.OutputRendering = $before
            }
        }

        Context 'in a new PowerShell' {
            BeforeAll {
                $before = $env:NO_COLOR
                $file = "$TestDrive/show.ps1"
                Set-Content -Path $file -Value @(
                    "Import-Module -Name '$(Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1")'"
                    "function New-Snapshot { ${function:New-Snapshot} }"
                    'New-Snapshot -Age 50 -Left 10'
                )
            }

            AfterAll {
                $env:NO_COLOR = $before
            }

            # The row alone: PowerShell itself colours the header, into a pipe too.
            It 'has no colour in a pipe' {
                $env:NO_COLOR = $null

                $row = (pwsh -NoProfile -File $file) -match ' 9 min '

                $row | Should -HaveCount 1
                $row | Should -Not -MatchExactly $escape
            }

            It 'has colour at a terminal' -Skip:(-not (Get-Command -Name script -ErrorAction Ignore)) {
                $env:NO_COLOR = $null

                $row = (script --quiet --command "pwsh -NoProfile -File '$file'" /dev/null) -match '9 min'

                $row | Should -MatchExactly "$escape\[[0-9;]+m9 min"
            }

            It 'has no colour at a terminal under NO_COLOR' -Skip:(-not (Get-Command -Name script -ErrorAction Ignore)) {
                $env:NO_COLOR = '1'

                $row = (script --quiet --command "pwsh -NoProfile -File '$file'" /dev/null) -match '9 min'

                $row | Should -MatchExactly ' 9 min '
                $row | Should -Not -MatchExactly "$escape\[[0-9;]+m"
            }
        }
    }

    Context 'culture <_>' -ForEach 'de-DE', 'th-TH', 'ar-SA' {
        BeforeAll {
            $before = [cultureinfo]::CurrentCulture
            [cultureinfo]::CurrentCulture = $_
        }

        AfterAll {
            [cultureinfo]::CurrentCulture = $before
        }

        It 'shows the same dates' {
            $year = [datetime]::UtcNow.Year

            foreach ($name in 'X509Svid', 'JwtSvid', 'InstalledSvid', 'SvidUpdate', 'BundleUpdate', 'DevAgent', 'HelperEvent', 'UnverifiedJwt') {
                $samples[$name] | Format-List | Out-String -Width 79 | Should -MatchExactly "(?m): $year-\d\d-\d\dT\d\d:\d\d:\d\d\r?$"
            }
        }

        It 'shows the same time left' {
            New-Snapshot -Age 60 -Left 53.5 | Out-String -Width 79 | Should -MatchExactly 'web +53 min '
            $samples.SpiffeBundle | Format-List | Out-String -Width 79 |
                Should -MatchExactly "[0-9A-F]{40} until 20\d\d-\d\d-\d\d"
        }
    }
}
