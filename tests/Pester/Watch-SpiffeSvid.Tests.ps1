BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Watch-SpiffeSvid' {
    BeforeAll {
        $entries = @(
            @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external'; TtlSec = 4 }
            @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal' }
        )
        $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    Context 'updates' {
        It 'gives the state at once' {
            $update = Watch-SpiffeSvid -Count 1

            $update | Should -BeOfType ([Spiffe.SvidUpdate])
            $update.SequenceNumber | Should -Be 1
            $update.Kind | Should -Be 'Initial'
            $update.Svids.SpiffeId | Should -Be 'spiffe://example.org/web', 'spiffe://example.org/batch'
            $update.Added | Should -HaveCount 2
            $update.Removed | Should -BeNullOrEmpty
            $update.Time.Kind | Should -Be 'Local'
        }

        It 'emits an update for a renewal' {
            $first, $second = Watch-SpiffeSvid -SpiffeId 'spiffe://example.org/web' -Count 2

            $second.Kind | Should -Be 'Updated'
            $second.SequenceNumber | Should -Be 2
            $second.Svids.SpiffeId | Should -Be 'spiffe://example.org/web'
            $second.Svids.Thumbprint | Should -Not -Be $first.Svids.Thumbprint
            $second.Added.Thumbprint | Should -BeExactly $second.Svids.Thumbprint
            $second.Removed.Thumbprint | Should -BeExactly $first.Svids.Thumbprint
            $second.Svids.Certificate.HasPrivateKey | Should -BeTrue
        }

        It 'ends with Select-Object -First' {
            Watch-SpiffeSvid -Hint 'internal' | Select-Object -First 1 | Should -HaveCount 1
        }

        It 'selects by hint' {
            (Watch-SpiffeSvid -Hint 'internal' -Count 1).Svids.SpiffeId | Should -Be 'spiffe://example.org/batch'
        }

        It 'follows the default identity alone with -Default' {
            (Watch-SpiffeSvid -Default -Count 1).Svids.SpiffeId | Should -Be 'spiffe://example.org/web'
            $tokens = (Watch-SpiffeSvid -Default -Type Jwt -Audience orders -Count 1).Svids
            "$($tokens.SpiffeId)" | Should -BeExactly 'spiffe://example.org/web'
        }

        It 'follows the identity of an SVID from the pipeline' {
            $svid = Get-SpiffeX509Svid -Hint internal

            ($svid | Watch-SpiffeSvid -Count 1).Svids.SpiffeId | Should -Be 'spiffe://example.org/batch'
        }

        It 'warns of a hint that is missing, and goes on' {
            $update = Watch-SpiffeSvid -Hint 'none' -Count 1 -WarningVariable warnings -WarningAction Ignore

            $update.Svids | Should -BeNullOrEmpty
            $warnings | Should -HaveCount 1
        }

        It 'follows JWT-SVIDs' {
            $update = Watch-SpiffeSvid -Type Jwt -Audience 'orders' -SpiffeId 'spiffe://example.org/batch' -Count 1

            $update.Svids | Should -BeOfType ([Spiffe.JwtSvid])
            $update.Svids | Test-SpiffeJwt -Audience 'orders' | Should -BeTrue
        }

        It 'reports an agent that is not there, and waits for it' {
            $update = Watch-SpiffeSvid -Endpoint '/nowhere/agent.sock' -IncludeRetry -Count 1

            $update.Kind | Should -Be 'Retrying'
            $update.Reason | Should -Be 'EndpointNotFound'
            $update.Svids | Should -BeNullOrEmpty
            $update.NextRetry | Should -BeGreaterThan $update.Time
        }

        It 'reports it with -Verbose without -IncludeRetry' {
            $words = & {
                try {
                    Watch-SpiffeSvid -Endpoint '/nowhere/agent.sock' -TimeoutSec 1 -Verbose
                }
                catch {
                    $_
                }
            } 4>&1

            $words.Where({ $_ -is [System.Management.Automation.VerboseRecord] }).Message -join ' ' | Should -Match 'no socket'
            $words[-1].FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
        }
    }

    Context 'views and completion' {
        It 'shows a table of five columns' {
            $table = Watch-SpiffeSvid -Count 1 | Out-String -Stream -Width 160 | Where-Object { $_ }

            $table[0].Trim() -split '\s+' | Should -Be 'Change', 'SpiffeId', 'Until'
            $table[2] | Should -Match 'spiffe://example\.org/web'
        }

        It 'completes -<Parameter>' -ForEach @(
            @{ Parameter = 'SpiffeId'; Expected = "'spiffe://example.org/web'", "'spiffe://example.org/batch'" }
            @{ Parameter = 'Hint'; Expected = "'external'", "'internal'" }
            @{ Parameter = 'Type'; Expected = 'Jwt', 'X509' }
        ) {
            $line = "Watch-SpiffeSvid -$Parameter "

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Sort-Object | Should -Be ($Expected | Sort-Object)
        }
    }

    Context 'errors' {
        It 'gives AudienceMismatch for <_>' -ForEach '-Type Jwt', '-Audience orders', '-Type X509 -Audience orders' {
            $failure = { Invoke-Expression -Command "Watch-SpiffeSvid $_ -Count 1" } |
                Should -Throw -ErrorId 'AudienceMismatch,Spiffe.Commands.WatchSpiffeSvidCommand' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        }

        It 'ends with Timeout after -TimeoutSec' {
            $failure = { Watch-SpiffeSvid -Hint 'internal' -TimeoutSec 1 } | Should -Throw -ErrorId 'Timeout,*' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'OperationTimeout'
        }

        It 'refuses <_>' -ForEach '-Count 0', '-SpiffeId $null', '-Hint @()', '-Type Wit', '-Default -Hint internal' {
            { Invoke-Expression -Command "Watch-SpiffeSvid $_ -TimeoutSec 1" } | Should -Throw -ExceptionType (
                [System.Management.Automation.ParameterBindingException])
        }

        It 'ends at once for an address that is none' {
            { Watch-SpiffeSvid -Endpoint 'http://agent.sock' } | Should -Throw -ErrorId 'EndpointInvalid,*'
        }
    }

    Context 'where it runs' {
        It 'stops at once with its pipeline' {
            $shell = [powershell]::Create()
            $null = $shell.AddScript("Import-Module -Name '$manifest'; Watch-SpiffeSvid -Hint internal")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $null = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            $patience = [System.Diagnostics.Stopwatch]::StartNew()
            while (-not $output.Count -and $patience.Elapsed -lt [timespan]::FromSeconds(30)) {
                Start-Sleep -Milliseconds 20
            }

            $shell.Stop()

            $output | Should -HaveCount 1
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $shell.Dispose()
        }
    }
}

Describe 'Help of Watch-SpiffeSvid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Watch-SpiffeSvid) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
