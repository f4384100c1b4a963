BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Start-SpiffeDevAgent' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        $env:SPIFFE_ENDPOINT_SOCKET = $null
    }

    AfterAll {
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    AfterEach {
        Stop-SpiffeDevAgent
    }

    Context 'what it starts' {
        It 'gives an agent that answers' {
            $agent = Start-SpiffeDevAgent

            $agent | Should -BeOfType ([Spiffe.DevAgent])
            $agent.TrustDomain | Should -Be 'example.org'
            $agent.Endpoint | Should -Match '^unix:///'
            (Get-Process -Id $agent.ProcessId).HasExited | Should -BeFalse
            $agent.StartTime.Kind | Should -Be 'Local'
            (Get-SpiffeX509Svid -Endpoint $agent.Endpoint).TrustDomain | Should -Be 'example.org'
        }

        It 'issues identities of the trust domain, by name and by position' {
            $agent = Start-SpiffeDevAgent dev.example.org

            (Get-SpiffeBundle -Endpoint $agent.Endpoint).TrustDomain | Should -Be 'dev.example.org'
        }

        It 'issues what -Entry says' {
            $entries = @(
                @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external'; DnsName = 'web.example.org', 'www.example.org' }
                @{ SpiffeId = 'spiffe://example.org/batch'; KeyType = 'EC-P384'; TtlSec = 60 }
                @{ spiffeid = 'spiffe://example.org/old'; keytype = 'RSA-2048' }
            )
            $agent = Start-SpiffeDevAgent -Entry $entries -SvidTtlSec 600

            $svids = Get-SpiffeX509Svid -Endpoint $agent.Endpoint

            $svids.SpiffeId | Should -Be $entries.SpiffeId
            $svids.Hint | Should -Be 'external', '', ''
            $svids.KeyAlgorithm | Should -Be 'ECDSA P-256', 'ECDSA P-384', 'RSA 2048'
            $names = $svids[0].Certificate.Extensions.Where({ $_.Oid.Value -eq '2.5.29.17' }).EnumerateDnsNames()
            $names | Should -Be 'web.example.org', 'www.example.org'
            $svids[0].ExpiresIn.TotalSeconds | Should -BeGreaterThan 500
            $svids[1].ExpiresIn.TotalSeconds | Should -BeLessThan 61
        }

        It 'takes entries as objects, too, such as those of a JSON file' {
            $entries = '[{ "SpiffeId": "spiffe://example.org/web", "Hint": "external" }, { "spiffeId": "spiffe://example.org/batch" }]' |
                ConvertFrom-Json
            $agent = Start-SpiffeDevAgent -Entry $entries
            $agent | Update-SpiffeDevAgent -Entry ([pscustomobject] @{ SpiffeId = 'spiffe://example.org/late'; DnsName = 'a', 'b' })

            $svids = $agent | Get-SpiffeX509Svid
            "$($svids.SpiffeId)" | Should -BeExactly 'spiffe://example.org/web spiffe://example.org/batch spiffe://example.org/late'
            $svids[0].Hint | Should -BeExactly 'external'
        }

        It 'listens at a path that starts at the current location' {
            Push-Location -Path $TestDrive
            try {
                $agent = Start-SpiffeDevAgent -Endpoint near.sock
                Get-SpiffeX509Svid -Endpoint near.sock | Should -Not -BeNullOrEmpty
            }
            finally {
                Pop-Location
            }

            $agent.Endpoint | Should -BeLike 'unix:///*/near.sock'
        }

        It 'listens at the endpoint that is given' {
            $path = Join-Path -Path $TestDrive -ChildPath 'agent.sock'

            $agent = Start-SpiffeDevAgent -Endpoint $path

            $agent.Endpoint | Should -BeExactly "unix://$path"
            $path | Should -Exist
            Stop-SpiffeDevAgent
            $path | Should -Not -Exist
        }

        It 'listens on a loopback port on request' -Skip:(-not $IsLinux) {
            $endpoint = "tcp://127.$(Get-Random -Minimum 1 -Maximum 255).$(Get-Random -Minimum 1 -Maximum 255).2:8081"

            $agent = Start-SpiffeDevAgent -Endpoint $endpoint

            $agent.Endpoint | Should -BeExactly $endpoint
            (Get-SpiffeX509Svid -Endpoint $endpoint).SpiffeId.Path | Should -Be "/user/$([Environment]::UserName)"
        }

        It 'runs several side by side' {
            $first = Start-SpiffeDevAgent
            $second = Start-SpiffeDevAgent -TrustDomain 'other.org'

            (Get-SpiffeBundle -Endpoint $first.Endpoint).TrustDomain | Should -Be 'example.org'
            (Get-SpiffeBundle -Endpoint $second.Endpoint).TrustDomain | Should -Be 'other.org'
        }

        It 'shows a table of three columns' {
            $table = Start-SpiffeDevAgent | Out-String -Stream -Width 160 | Where-Object { $_ }

            $table[0].Trim() -split '\s+' | Should -Be 'ProcessId', 'TrustDomain', 'Endpoint'
        }
    }

    Context 'the environment' {
        It 'stays unchanged without -SetEnvironment' {
            $null = Start-SpiffeDevAgent

            $env:SPIFFE_ENDPOINT_SOCKET | Should -BeNullOrEmpty
        }

        It 'is set with -SetEnvironment' {
            $agent = Start-SpiffeDevAgent -SetEnvironment

            $env:SPIFFE_ENDPOINT_SOCKET | Should -BeExactly $agent.Endpoint
        }
    }

    Context 'the end' {
        It 'comes with the end of the PowerShell process, and takes the socket along' {
            $endpoint, $processId = pwsh -NoProfile -Command {
                param($Manifest)
                Import-Module -Name $Manifest
                $agent = Start-SpiffeDevAgent
                $agent.Endpoint
                $agent.ProcessId
            } -args $manifest.Path
            $path = $endpoint -replace '^unix://', ''

            $until = (Get-Date).AddSeconds(5)
            while ((Get-Process -Id $processId -ErrorAction Ignore) -and (Get-Date) -lt $until) {
                Start-Sleep -Milliseconds 50
            }

            Get-Process -Id $processId -ErrorAction Ignore | Should -BeNullOrEmpty
            $path | Should -Match 'agent'
            $path | Should -Not -Exist
            Split-Path -Path $path -Parent | Should -Not -Exist
        }
    }

    Context 'errors' {
        It 'starts nothing with -WhatIf' {
            Start-SpiffeDevAgent -WhatIf | Should -BeNullOrEmpty

            Get-SpiffeDevAgent | Should -BeNullOrEmpty
        }

        It 'gives <Id> for <Case>' -ForEach @(
            @{ Case = 'an unknown key'; Id = 'EntryInvalid'; Arguments = @{ Entry = @{ SpiffeId = 'spiffe://example.org/a'; Name = 'a' } } }
            @{ Case = 'an entry without an ID'; Id = 'EntryInvalid'; Arguments = @{ Entry = @{ Hint = 'a' } } }
            @{ Case = 'an ID of another trust domain'; Id = 'DevAgentFailed'; Arguments = @{ Entry = @{ SpiffeId = 'spiffe://other.org/a' } } }
            @{ Case = 'an unknown type of key'; Id = 'DevAgentFailed'; Arguments = @{ Entry = @{ SpiffeId = 'spiffe://example.org/a'; KeyType = 'DSA' } } }
            @{ Case = 'a folder that is missing'; Id = 'DevAgentFailed'; Arguments = @{ Endpoint = '/nowhere/agent.sock' } }
            @{ Case = 'an address that is none'; Id = 'EndpointInvalid'; Arguments = @{ Endpoint = 'http://agent.sock' } }
            @{ Case = 'an address of the network'; Id = 'DevAgentFailed'; Arguments = @{ Endpoint = 'tcp://192.0.2.1:8081' } }
            @{ Case = 'a name in place of an address'; Id = 'EndpointInvalid'; Arguments = @{ Endpoint = 'tcp://localhost:8081' } }
        ) {
            $failure = { Start-SpiffeDevAgent @Arguments } |
                Should -Throw -ErrorId "$Id,Spiffe.Commands.StartSpiffeDevAgentCommand" -PassThru

            $failure.CategoryInfo.Category | Should -Not -Be 'NotSpecified'
            Get-SpiffeDevAgent | Should -BeNullOrEmpty
        }

        It 'gives DevAgentFailed where another agent listens' {
            $agent = Start-SpiffeDevAgent

            $failure = { Start-SpiffeDevAgent -Endpoint $agent.Endpoint } | Should -Throw -ErrorId 'DevAgentFailed,*' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'OpenError'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            Get-SpiffeX509Svid -Endpoint $agent.Endpoint | Should -Not -BeNullOrEmpty
        }

        It 'refuses <_>' -ForEach '-SvidTtlSec 1', '-TrustDomain Example.org', '-TrustDomain $null', '-Endpoint ""' {
            { Invoke-Expression -Command "Start-SpiffeDevAgent $_" } | Should -Throw -ExceptionType (
                [System.Management.Automation.ParameterBindingException])
        }
    }
}

Describe 'Help of Start-SpiffeDevAgent' {
    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'runs the session of the README' {
        $lines = Get-Content -Path "$PSScriptRoot/../../README.md" | Where-Object { $_ -match '^(PS|>)> ' }
        $session = ($lines -replace '^(PS|>)> ') -join "`n"
        $session | Should -Match 'Watch-SpiffeSvid'

        $output = Invoke-HelpExample -Code ($session -replace '-Count 3', '-Count 1') -Folder $TestDrive

        $output | ForEach-Object { $_.GetType().Name } |
            Should -Be 'DevAgent', 'X509Svid', 'X509Svid', 'Boolean', 'Boolean', 'SvidUpdate'
        $output | Where-Object { $_ -is [bool] } | Should -Be $true, $false
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Start-SpiffeDevAgent) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
