BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Get-SpiffeX509Svid' {
    BeforeAll {
        $entries = @(
            @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external'; DnsName = 'web.example.org' }
            @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal'; KeyType = 'RSA-2048' }
            @{ SpiffeId = 'spiffe://example.org/plain' }
        )
        $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    Context 'selection' {
        It 'gives all identities in the order of the agent' {
            $svids = Get-SpiffeX509Svid

            $svids | Should -HaveCount 3
            $svids[0] | Should -BeOfType ([Spiffe.X509Svid])
            "$($svids.SpiffeId)" | Should -BeExactly (
                'spiffe://example.org/web spiffe://example.org/batch spiffe://example.org/plain')
            $svids.IsDefault | Should -Be @($true, $false, $false)
        }

        It 'gives the default identity alone' {
            (Get-SpiffeX509Svid -Default).SpiffeId | Should -Be 'spiffe://example.org/web'
        }

        It 'selects by SPIFFE ID, by name and by position' {
            (Get-SpiffeX509Svid -SpiffeId 'spiffe://example.org/batch').Hint | Should -BeExactly 'internal'
            (Get-SpiffeX509Svid spiffe://example.org/batch).Hint | Should -BeExactly 'internal'
        }

        It 'selects nothing by an empty list' {
            $obsolete = @()

            Get-SpiffeX509Svid -SpiffeId $obsolete | Should -BeNullOrEmpty
        }

        It 'selects by the ID of a snapshot' {
            $path = Join-Path -Path $TestDrive -ChildPath 'svid.xml'
            Get-SpiffeX509Svid -Hint 'internal' | Export-Clixml -Path $path -Depth 3

            (Get-SpiffeX509Svid -SpiffeId (Import-Clixml -Path $path).SpiffeId).Hint | Should -BeExactly 'internal'
        }

        It 'selects by hint' {
            (Get-SpiffeX509Svid -Hint 'internal').SpiffeId | Should -Be 'spiffe://example.org/batch'
        }

        It 'minds the case of hints' {
            Get-SpiffeX509Svid -Hint 'Internal' -ErrorAction Ignore | Should -BeNullOrEmpty
        }

        It 'requires both if an ID and a hint are given' {
            $both = Get-SpiffeX509Svid -SpiffeId 'spiffe://example.org/batch', 'spiffe://example.org/web' -Hint 'external'

            $both.SpiffeId | Should -Be 'spiffe://example.org/web'
        }

        It 'refuses -Default together with <_>' -ForEach '-SpiffeId spiffe://example.org/web', '-Hint internal' {
            { Invoke-Expression -Command "Get-SpiffeX509Svid -Default $_" } |
                Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        }
    }

    Context 'output' {
        It 'gives certificates that sign' {
            $certificate = Get-SpiffeX509Svid -Default -AsCertificate
            $ecdsa = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]
            $data = [byte[]] (1..32)

            $certificate | Should -BeOfType ([System.Security.Cryptography.X509Certificates.X509Certificate2])
            $signature = $ecdsa::GetECDsaPrivateKey($certificate).SignData($data, 'SHA256')
            $ecdsa::GetECDsaPublicKey($certificate).VerifyData($data, $signature, 'SHA256') | Should -BeTrue
        }

        It 'names the kind of key' {
            (Get-SpiffeX509Svid -Hint 'external', 'internal').KeyAlgorithm | Should -Be 'ECDSA P-256', 'RSA 2048'
        }

        It 'gives times in local time' {
            $svid = Get-SpiffeX509Svid -Default

            $svid.NotAfter.Kind | Should -Be 'Local'
            $svid.NotAfter | Should -BeGreaterThan (Get-Date)
            $svid.ExpiresIn | Should -BeGreaterThan ([timespan]::Zero)
        }

        It 'shows the Gregorian year, whatever the culture' {
            $culture = [cultureinfo]::CurrentCulture
            try {
                [cultureinfo]::CurrentCulture = 'th-TH'
                $list = Get-SpiffeX509Svid -Default | Format-List | Out-String -Width 160
            }
            finally {
                [cultureinfo]::CurrentCulture = $culture
            }

            $expiry = (Get-SpiffeX509Svid -Default).NotAfter
            $list | Should -Match $expiry.ToString('yyyy-MM-ddT', [cultureinfo]::InvariantCulture)
        }

        It 'shows a table of three columns' {
            $table = Get-SpiffeX509Svid | Out-String -Stream -Width 160 | Where-Object { $_ }

            $table[0] -split '\s+' | Should -Be 'SpiffeId', 'Expires', 'Thumbprint'
            $table | Should -HaveCount 5
        }

        It 'shows the rest in a list' {
            $list = Get-SpiffeX509Svid -Default | Format-List | Out-String -Width 160
            $list | Should -Match '(?m)^Chain +:'

            $list | Should -Match '(?m)^SerialNumber +: [0-9A-F]+'
            $list | Should -Match '(?m)^Bundle +: example\.org'
            $list | Should -Match '(?m)^ExpiresIn +: 00:5'
        }

        It 'declares its output types' {
            (Get-Command -Name Get-SpiffeX509Svid).OutputType.Name |
                Should -Be 'Spiffe.X509Svid', 'System.Security.Cryptography.X509Certificates.X509Certificate2'
        }
    }

    Context 'completion' {
        It 'completes -<Parameter>' -ForEach @(
            @{ Parameter = 'SpiffeId'; Word = 'spiffe://example.org/b'; Expected = "'spiffe://example.org/batch'" }
            @{ Parameter = 'SpiffeId'; Word = "'spiffe://example.org/p"; Expected = "'spiffe://example.org/plain'" }
            @{ Parameter = 'Hint'; Word = ''; Expected = "'external'", "'internal'" }
            @{ Parameter = 'Hint'; Word = 'int'; Expected = "'internal'" }
        ) {
            $line = "Get-SpiffeX509Svid -$Parameter $Word"

            $found = TabExpansion2 -inputScript $line -cursorColumn $line.Length

            $found.CompletionMatches.CompletionText | Should -Be $Expected
        }

        It 'completes -SpiffeId behind an -Endpoint that is a path from <_>' -ForEach 'here', 'home' {
            $socket = $env:SPIFFE_ENDPOINT_SOCKET -replace '^unix://'
            $from = if ($_ -eq 'here') { $PWD.Path } else { $HOME }
            $path = [IO.Path]::GetRelativePath($from, $socket)
            $line = "Get-SpiffeX509Svid -Endpoint $(if ($_ -eq 'here') { './' } else { '~/' })$path -SpiffeId spiffe://example.org/b"

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Should -Be "'spiffe://example.org/batch'"
        }

        It 'completes a variable where no file fits' {
            $null = $svidOfThisTest = 1
            $line = 'Test-SpiffeX509Svid -Svid $svidOfThisT'

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be '$svidOfThisTest'
        }
    }

    Context 'completion without an agent' {
        It 'completes -Endpoint with the variable and the agents that run' {
            $other = Start-SpiffeDevAgent
            $line = 'Get-SpiffeX509Svid -Endpoint '
            try {
                $found = (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText
            }
            finally {
                $other | Stop-SpiffeDevAgent
            }

            $found | Should -Contain "'$env:SPIFFE_ENDPOINT_SOCKET'"
            $found | Should -Contain "'$($other.Endpoint)'"
        }

        It 'completes -Endpoint with files where no endpoint that is known fits' {
            $path = Join-Path -Path $TestDrive -ChildPath 'agent.sock'
            $null = New-Item -Path $path
            $line = "Get-SpiffeX509Svid -Endpoint $($path.Substring(0, $path.Length - 3))"

            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be $path
        }

        It 'asks no agent, and offers no file where nothing fits' {
            $path = Join-Path -Path $TestDrive -ChildPath 'silent.sock'
            $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $socket.Bind([System.Net.Sockets.UnixDomainSocketEndPoint]::new($path))
            $socket.Listen()
            try {
                foreach ($parameter in 'SpiffeId', 'Hint') {
                    foreach ($word in '', 'sil', 'spiffe://') {
                        $line = "Get-SpiffeX509Svid -Endpoint '$path' -$parameter $word"
                        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches | Should -BeNullOrEmpty
                    }
                }

                $socket.Poll(0, 'SelectRead') | Should -BeFalse
            }
            finally {
                $socket.Dispose()
            }
        }
    }

    Context 'errors' {
        It 'reports an ID that is missing and gives the others' {
            $ids = 'spiffe://example.org/none', 'spiffe://example.org/web'

            $svids = Get-SpiffeX509Svid -SpiffeId $ids -ErrorAction SilentlyContinue -ErrorVariable failures

            $svids.SpiffeId | Should -Be 'spiffe://example.org/web'
            $failures | Should -HaveCount 1
            $failures[0].FullyQualifiedErrorId |
                Should -BeExactly 'SpiffeIdNotFound,Spiffe.Commands.GetSpiffeX509SvidCommand'
            $failures[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $failures[0].TargetObject | Should -Be 'spiffe://example.org/none'
            $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'reports a hint that is missing' {
            { Get-SpiffeX509Svid -Hint 'none' -ErrorAction Stop } | Should -Throw -ErrorId 'HintNotFound,*'
        }

        It 'obeys $ErrorActionPreference' {
            $ErrorActionPreference = 'Stop'

            { Get-SpiffeX509Svid -Hint 'none' } | Should -Throw -ErrorId 'HintNotFound,*'
        }

        It 'gives <Id> for the endpoint <Endpoint>' -ForEach @(
            @{ Endpoint = 'http://agent.sock'; Id = 'EndpointInvalid'; Category = 'InvalidArgument' }
            @{ Endpoint = 'unix://run/agent.sock'; Id = 'EndpointInvalid'; Category = 'InvalidArgument' }
            @{ Endpoint = 'tcp://localhost:8081'; Id = 'EndpointInvalid'; Category = 'InvalidArgument' }
            @{ Endpoint = 'tcp://127.0.0.1:1'; Id = 'EndpointUnreachable'; Category = 'ConnectionError' }
            @{ Endpoint = 'npipe:spiffe-test-nowhere'; Id = 'EndpointNotFound'; Category = 'ObjectNotFound' }
            @{ Endpoint = '/nowhere/agent.sock'; Id = 'EndpointNotFound'; Category = 'ObjectNotFound' }
        ) {
            $failure = { Get-SpiffeX509Svid -Endpoint $Endpoint } | Should -Throw -ErrorId "$Id,*" -PassThru

            $failure.CategoryInfo.Category | Should -Be $Category
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $failure.TargetObject | Should -Be $Endpoint
        }

        It 'gives EndpointNotConfigured where nothing names an endpoint' {
            $variable = $env:SPIFFE_ENDPOINT_SOCKET
            $env:SPIFFE_ENDPOINT_SOCKET = $null
            try {
                $failure = { Get-SpiffeX509Svid } | Should -Throw -ErrorId 'EndpointNotConfigured,*' -PassThru
            }
            finally {
                $env:SPIFFE_ENDPOINT_SOCKET = $variable
            }

            $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
            $failure.ErrorDetails.RecommendedAction | Should -Match 'SPIFFE_ENDPOINT_SOCKET'
        }

        It 'gives <Id> for a socket that <Case>' -ForEach @(
            @{ Case = 'was left behind'; Listens = $false; Id = 'EndpointUnreachable'; Category = 'ConnectionError' }
            @{ Case = 'does not answer'; Listens = $true; Id = 'Timeout'; Category = 'OperationTimeout' }
        ) {
            $path = Join-Path -Path $TestDrive -ChildPath "$Id.sock"
            $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $socket.Bind([System.Net.Sockets.UnixDomainSocketEndPoint]::new($path))
            try {
                if ($Listens) {
                    $socket.Listen()
                }

                $failure = { Get-SpiffeX509Svid -Endpoint $path -TimeoutSec 1 } |
                    Should -Throw -ErrorId "$Id,*" -PassThru
            }
            finally {
                $socket.Dispose()
                Remove-Item -Path $path -ErrorAction Ignore
            }

            $failure.CategoryInfo.Category | Should -Be $Category
        }

        It 'refuses <_>' -ForEach '-SpiffeId example.org/web', '-SpiffeId $null', '-Hint ""', '-TimeoutSec -1' {
            { Invoke-Expression -Command "Get-SpiffeX509Svid $_" } | Should -Throw -ExceptionType (
                [System.Management.Automation.ParameterBindingException])
        }
    }

    Context 'where it runs' {
        It 'says with -Verbose where the endpoint comes from' {
            $words = Get-SpiffeX509Svid -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }

            $words.Message -join ' ' | Should -Match 'SPIFFE_ENDPOINT_SOCKET'
        }

        It 'takes the endpoint by its alias, as a bare path' {
            $path = $env:SPIFFE_ENDPOINT_SOCKET -replace '^unix://', ''

            Get-SpiffeX509Svid -SocketPath $path | Should -HaveCount 3
        }

        It 'takes a path that starts at the current location, or at home' {
            $path = $env:SPIFFE_ENDPOINT_SOCKET -replace '^unix://', ''
            $fromHome = [System.IO.Path]::GetRelativePath((Resolve-Path -Path '~'), $path)
            Push-Location -Path (Split-Path -Path $path)
            try {
                Get-SpiffeX509Svid -Endpoint agent.sock | Should -HaveCount 3
                Get-SpiffeX509Svid -Endpoint ./agent.sock | Should -HaveCount 3
                { Get-SpiffeX509Svid -Endpoint none.sock } | Should -Throw -ErrorId 'EndpointNotFound,*'
            }
            finally {
                Pop-Location
            }

            Get-SpiffeX509Svid -Endpoint "~/$fromHome" | Should -HaveCount 3
        }

        It 'does not take such a path from the environment' {
            $variable = $env:SPIFFE_ENDPOINT_SOCKET
            Push-Location -Path (Split-Path -Path ($variable -replace '^unix://', ''))
            $env:SPIFFE_ENDPOINT_SOCKET = 'agent.sock'
            try {
                { Get-SpiffeX509Svid } | Should -Throw -ErrorId 'EndpointInvalid,*'
            }
            finally {
                $env:SPIFFE_ENDPOINT_SOCKET = $variable
                Pop-Location
            }
        }

        It 'takes agents from the pipeline, each by its endpoint' {
            $other = Start-SpiffeDevAgent -TrustDomain other.org
            try {
                $svids = Get-SpiffeDevAgent | Get-SpiffeX509Svid
            }
            finally {
                $other | Stop-SpiffeDevAgent
            }

            $svids | Should -HaveCount 4
            $svids[3].TrustDomain | Should -Be 'other.org'
        }

        It 'runs in a job, which sends back no private key' {
            $svid = Start-Job -ScriptBlock { Import-Module -Name $using:manifest; Get-SpiffeX509Svid -Default } |
                Receive-Job -Wait -AutoRemoveJob

            "$($svid.SpiffeId)" | Should -BeExactly 'spiffe://example.org/web'
            $svid.Thumbprint | Should -BeExactly (Get-SpiffeX509Svid -Default).Thumbprint
            $svid.Certificate.HasPrivateKey | Should -Not -BeTrue
        }

        It 'runs in parallel' {
            $thumbprints = 1..4 | ForEach-Object -Parallel {
                Import-Module -Name $using:manifest
                (Get-SpiffeX509Svid -Default).Thumbprint
            }

            $thumbprints | Should -HaveCount 4
            $thumbprints | Select-Object -Unique | Should -HaveCount 1
        }

        It 'is imported again without harm' {
            Import-Module -Name $manifest -Force

            Get-SpiffeX509Svid | Should -HaveCount 3
        }
    }
}

Describe 'Help of Get-SpiffeX509Svid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Get-SpiffeX509Svid) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
