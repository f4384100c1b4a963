BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Get-SpiffeJwtSvid' {
    BeforeAll {
        $entries = @(
            @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }
            @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal' }
        )
        $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    Context 'selection' {
        It 'gives a token for each identity' {
            $svids = Get-SpiffeJwtSvid -Audience 'orders'

            $svids | Should -HaveCount 2
            $svids[0] | Should -BeOfType ([Spiffe.JwtSvid])
            "$($svids.SpiffeId)" | Should -BeExactly 'spiffe://example.org/web spiffe://example.org/batch'
            $svids.IsDefault | Should -Be @($true, $false)
        }

        It 'takes audience and ID by position' {
            $svid = Get-SpiffeJwtSvid orders spiffe://example.org/batch

            $svid.SpiffeId | Should -Be 'spiffe://example.org/batch'
            $svid.Audience | Should -Be 'orders'
        }

        It 'selects by hint' {
            (Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal').SpiffeId | Should -Be 'spiffe://example.org/batch'
        }

        It 'warns of several audiences' {
            $svid = Get-SpiffeJwtSvid -Audience 'orders', 'billing' -Hint 'internal' -WarningVariable warnings -WarningAction Ignore

            $svid.Audience | Should -Be 'orders', 'billing'
            $warnings | Should -HaveCount 1
        }

        It 'completes -<Parameter>' -ForEach @(
            @{ Parameter = 'SpiffeId'; Expected = "'spiffe://example.org/web'", "'spiffe://example.org/batch'" }
            @{ Parameter = 'Hint'; Expected = "'external'", "'internal'" }
        ) {
            $line = "Get-SpiffeJwtSvid -Audience orders -$Parameter "

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Should -Be $Expected
        }

        It 'completes -Audience with those of earlier tokens' {
            $null = Get-SpiffeJwtSvid -Audience 'a b', 'c' -WarningAction Ignore
            $line = 'Get-SpiffeJwtSvid -Audience a'

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be "'a b'"
        }
    }

    Context 'output' {
        It 'has times and claims' {
            $svid = Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal'

            $svid.Claims['sub'] | Should -BeExactly 'spiffe://example.org/batch'
            $svid.ExpiresAt.Kind | Should -Be 'Local'
            $svid.ExpiresIn | Should -BeGreaterThan ([timespan]::Zero)
            $svid.IssuedAt | Should -BeLessOrEqual (Get-Date)
        }

        It 'gives the token as text' {
            $token = Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal' -AsPlainText

            $token | Should -BeOfType ([string])
            $token.Split('.') | Should -HaveCount 3
        }

        It 'gives the token as SecureString' {
            $token = Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal' -AsSecureString

            $token | Should -BeOfType ([securestring])
            $token.IsReadOnly() | Should -BeTrue
            ConvertFrom-SecureString -SecureString $token -AsPlainText | Test-SpiffeJwt -Audience 'orders' | Should -BeTrue
        }

        It 'refuses both forms at once' {
            { Get-SpiffeJwtSvid -Audience 'orders' -AsPlainText -AsSecureString } |
                Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        }

        It 'declares its output types' {
            (Get-Command -Name Get-SpiffeJwtSvid).OutputType.Name |
                Should -Be 'Spiffe.JwtSvid', 'System.String', 'System.Security.SecureString'
        }
    }

    Context 'views' {
        It 'shows a table of four columns' {
            Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal' | Format-List | Out-String -Width 4000 |
                Should -Match '(?m)^Claims +: .*"aud":\["orders"\]'
            $table = Get-SpiffeJwtSvid -Audience 'orders' | Out-String -Stream -Width 160 | Where-Object { $_ }

            $table[0] -split '\s+' | Should -Be 'SpiffeId', 'Expires', 'Audience'
        }

        It 'shows a snapshot as it shows the SVID' {
            $svid = Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal'
            $snapshot = [System.Management.Automation.PSSerializer]::Deserialize(
                [System.Management.Automation.PSSerializer]::Serialize($svid))

            $snapshot.PSObject.TypeNames[0] | Should -BeExactly 'Deserialized.Spiffe.JwtSvid'
            $snapshot | Out-String | Should -BeExactly ($svid | Out-String)
        }

        It 'shows no token <Case>' -ForEach @(
            @{ Case = 'in a table'; Show = { $_ | Format-Table } }
            @{ Case = 'in a list'; Show = { $_ | Format-List } }
            @{ Case = 'as text'; Show = { "$_" } }
            @{ Case = 'after something else'; Show = { Get-SpiffeDevAgent; $_ } }
            @{ Case = 'after something else, from a job'; Show = { Get-SpiffeDevAgent; Start-Job { $using:_ } | Receive-Job -Wait -AutoRemoveJob } }
            @{ Case = 'in an update'; Show = { Watch-SpiffeSvid -Type Jwt -Audience orders -Count 1 | Format-List } }
            @{ Case = 'in verbose and debug messages'; Show = { $null = Get-SpiffeJwtSvid orders -Verbose -Debug -InformationAction Continue } }
        ) {
            $shown = Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal' | ForEach-Object { & $Show } *>&1 | Out-String -Width 4000

            $shown | Should -Not -BeNullOrEmpty
            # Each token begins with the JSON text '{"'.
            $shown | Should -Not -Match 'eyJ'
        }

        It 'has its SPIFFE ID as text' {
            "$(Get-SpiffeJwtSvid -Audience 'orders' -Hint 'internal')" | Should -BeExactly 'spiffe://example.org/batch'
        }
    }

    It 'gives one token with -Default, and none for an empty list' {
        $token = Get-SpiffeJwtSvid -Audience 'orders' -Default -AsPlainText

        $token | Should -HaveCount 1
        (ConvertFrom-SpiffeJwt -Token $token).SpiffeId | Should -Be (Get-SpiffeX509Svid -Default).SpiffeId
        Get-SpiffeJwtSvid -Audience 'orders' -SpiffeId @() | Should -BeNullOrEmpty
    }

    Context 'errors' {
        It 'gives <Id> for <Arguments>' -ForEach @(
            @{ Arguments = @{ SpiffeId = 'spiffe://example.org/none' }; Id = 'SpiffeIdNotFound' }
            @{ Arguments = @{ Hint = 'none' }; Id = 'HintNotFound' }
        ) {
            Get-SpiffeJwtSvid -Audience 'orders' @Arguments -ErrorAction SilentlyContinue -ErrorVariable failures |
                Should -BeNullOrEmpty

            $failures | Should -HaveCount 1
            $failures[0].FullyQualifiedErrorId | Should -BeExactly "$Id,Spiffe.Commands.GetSpiffeJwtSvidCommand"
            $failures[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'gives EndpointNotFound where there is no socket' {
            { Get-SpiffeJwtSvid -Audience 'orders' -Endpoint '/nowhere/agent.sock' } |
                Should -Throw -ErrorId 'EndpointNotFound,Spiffe.Commands.GetSpiffeJwtSvidCommand'
        }

        It 'refuses <_>' -ForEach '-Audience ""', '-Audience @()', '-Audience orders -SpiffeId $null', '-Audience orders -Hint ""' {
            { Invoke-Expression -Command "Get-SpiffeJwtSvid $_" } | Should -Throw -ExceptionType (
                [System.Management.Automation.ParameterBindingException])
        }
    }
}

Describe 'Help of Get-SpiffeJwtSvid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Get-SpiffeJwtSvid) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive
    }
}
