BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
    $hasTools = (Get-Command -Name openssl -ErrorAction Ignore) -and (Get-Command -Name curl -CommandType Application -ErrorAction Ignore)
    $postgres = Get-ChildItem -Path /usr/lib/postgresql/*/bin/initdb -ErrorAction Ignore | Select-Object -Last 1 | Split-Path -Parent
    $canRunPostgres = $postgres -and [Environment]::UserName -eq 'root' -and (Test-Path -Path /usr/bin/setpriv)
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
    . "$PSScriptRoot/Tls.ps1"

    function Invoke-Curl ([string] $Listen) {
        $way = @(
            if ($Listen -like 'unix:*') { '--unix-socket', ($Listen -replace '^unix://'), 'http://localhost/' }
            else { $Listen -replace '^tcp', 'http' }
        )
        curl --silent --show-error --max-time 60 @way 2>&1 | Out-String
    }

    # In a job, so that this thread can use the tunnel; gives the job once the tunnel listens at the path.
    function Start-WaitingTunnel ([string] $Path, [hashtable] $Arguments, [int] $First = [int]::MaxValue) {
        $job = Start-ThreadJob -ArgumentList $manifest.Path, $Path, $Arguments, $First -ScriptBlock {
            param($Manifest, $Path, $Arguments, $First)
            Import-Module -Name $Manifest
            Start-SpiffeTunnel -Mode Client -Listen "unix://$Path" @Arguments -Wait | Select-Object -First $First
        }
        foreach ($i in 1..600) {
            if ((Test-Path -Path $Path) -or $job.State -in 'Completed', 'Failed') { break }
            Start-Sleep -Milliseconds 50
        }

        $job
    }
}

Describe 'Start-SpiffeTunnel' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        $entries = @(
            @{ SpiffeId = 'spiffe://example.org/shop'; Hint = 'client' }
            @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'server' }
        )
        $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    AfterEach {
        Stop-SpiffeTunnel
    }

    Context 'a client''s tunnel to openssl s_server' -Skip:(-not $hasTools) {
        BeforeAll {
            $server = Start-TlsServer -Folder (Join-Path -Path $TestDrive -ChildPath 'web')
        }

        AfterAll {
            Stop-Process -InputObject $server.Process
        }

        It 'gives curl an identity, over <_>' -ForEach 'tcp', 'unix' {
            $listen = if ($_ -eq 'tcp') { 'tcp://127.0.0.1:0' } else { "unix://$TestDrive/curl.sock" }

            $tunnel = Start-SpiffeTunnel Client $listen $server.Address -AllowSpiffeId spiffe://example.org/web

            $tunnel | Should -BeOfType ([Spiffe.Tunnel])
            $tunnel.Listen | Should -Match '^tcp://127\.0\.0\.1:[1-9]|^unix:///'
            Invoke-Curl -Listen $tunnel.Listen | Should -Match 's_server'
        }

        It 'shows each tunnel''s own identity where the pipeline brings several agents' {
            $other = Start-SpiffeDevAgent -TrustDomain other.org -Entry @{ SpiffeId = 'spiffe://other.org/shop' }
            $listen = @{ Mode = 'Server'; Listen = 'tcp://127.0.0.1:0'; Target = '127.0.0.1:1'; AllowAny = $true }

            $tunnels = (Get-SpiffeDevAgent | Where-Object ProcessId -NE $other.ProcessId), $other | Start-SpiffeTunnel @listen

            $shown = foreach ($tunnel in $tunnels) {
                $address = $tunnel.Listen -replace '^tcp://'
                $null | openssl s_client -connect $address 2>$null | openssl x509 -noout -ext subjectAltName | Select-String -Pattern 'spiffe://[^/]+'
            }
            Stop-SpiffeDevAgent -ProcessId $other.ProcessId
            $shown.Matches.Value | Should -Be 'spiffe://example.org', 'spiffe://other.org'
        }

        It 'sends nothing to a server that is not allowed' {
            $tunnel = Start-SpiffeTunnel Client tcp://127.0.0.1:0 $server.Address -AllowSpiffeId spiffe://example.org/orders

            Invoke-Curl -Listen $tunnel.Listen | Should -Match 'curl: '

            $seen = Get-SpiffeTunnel -Id $tunnel.Id
            $seen.RefusedConnections | Should -Be 1
            $seen.BytesSent | Should -Be 0
            $seen.LastError | Should -Match 'spiffe://example.org/web'
        }

        It 'gives an object for each connection with -Wait, and ends with the pipeline' {
            $path = "$TestDrive/wait.sock"
            $job = Start-WaitingTunnel -Path $path -Arguments @{ Target = $server.Address; AllowSpiffeId = 'spiffe://example.org/web' } -First 2

            Invoke-Curl -Listen "unix://$path" | Should -Match 's_server'
            Invoke-Curl -Listen "unix://$path" | Should -Match 's_server'

            $connections = $job | Wait-Job -Timeout 60 | Receive-Job -ErrorAction Stop
            $connections | Should -BeOfType ([Spiffe.TunnelConnection])
            $connections.PeerId | Should -Be 'spiffe://example.org/web', 'spiffe://example.org/web'
            $connections.Result | Should -Be 'Completed', 'Completed'
            $connections.BytesReceived | ForEach-Object { $_ | Should -BeGreaterThan 100 }
            Get-SpiffeTunnel | Should -BeNullOrEmpty
            $path | Should -Not -Exist
            $connections | Out-String -Width 79 | Should -Match 'spiffe://example.org/web .* Completed'
            $connections[0].ToRecord() | ConvertTo-Json -WarningAction Stop | ConvertFrom-Json | ForEach-Object { $_.PSObject.Properties.Name } |
                Should -BeExactly 'Client', 'StartTime', 'DurationSec', 'PeerId', 'BytesSent', 'BytesReceived', 'Outcome', 'ErrorId', 'Message'
        }

        It 'says with -Wait why a connection was refused' {
            $path = "$TestDrive/refused.sock"
            $job = Start-WaitingTunnel -Path $path -Arguments @{ Target = $server.Address; AllowTrustDomain = @() } -First 1

            $null = Invoke-Curl -Listen "unix://$path"

            $connection = $job | Wait-Job -Timeout 60 | Receive-Job
            $connection.Outcome | Should -Be 'Refused'
            $connection.ErrorId | Should -Be 'PeerNotAuthorized'
            $connection.PeerId | Should -BeNullOrEmpty
        }

        It 'ends at once with -Wait when the pipeline is stopped' {
            $path = "$TestDrive/stop.sock"
            $job = Start-WaitingTunnel -Path $path -Arguments @{ Target = $server.Address; AllowAny = $true }

            $path | Should -Exist
            $job | Stop-Job

            $path | Should -Not -Exist
            Get-SpiffeTunnel | Should -BeNullOrEmpty
        }

        It 'leaves no socket when the PowerShell process ends' {
            $listen = "unix://$TestDrive/exit.sock"
            $started = pwsh -NoProfile -Command {
                param($Manifest, $Listen, $Target)
                Import-Module -Name $Manifest
                (Start-SpiffeTunnel Client $Listen $Target -AllowAny).Listen
            } -args $manifest.Path, $listen, $server.Address

            $started | Should -Be $listen
            "$TestDrive/exit.sock" | Should -Not -Exist
        }
    }

    Context 'tunnel to tunnel' -Skip:(-not $hasTools) {
        It 'takes a caller that is known to a plain service' {
            $listener = [System.Net.HttpListener]::new()
            $port = Get-Random -Minimum 20000 -Maximum 30000
            $listener.Prefixes.Add("http://localhost:$port/")
            $listener.Start()
            try {
                $incoming = Start-SpiffeTunnel Server tcp://127.0.0.1:0 localhost:$port -AllowSpiffeId spiffe://example.org/shop -SpiffeId spiffe://example.org/web
                $address = $incoming.Listen -replace '^tcp://'
                $outgoing = Start-SpiffeTunnel Client tcp://127.0.0.1:0 $address -AllowSpiffeId spiffe://example.org/web -SpiffeId spiffe://example.org/shop
                $asking = Start-ThreadJob -ScriptBlock { Invoke-RestMethod -Uri $args[0] } -ArgumentList ($outgoing.Listen -replace '^tcp://127.0.0.1', 'http://localhost')
                $context = $listener.GetContextAsync().GetAwaiter().GetResult()
                $context.Response.OutputStream.Write([byte[]] [char[]] 'hello')
                $context.Response.Close()

                $asking | Wait-Job -Timeout 60 | Receive-Job | Should -Be 'hello'
                (Get-SpiffeTunnel -Id $incoming.Id).TotalConnections | Should -BeGreaterThan 0
            }
            finally {
                $listener.Stop()
            }
        }
    }

    Context 'PostgreSQL' -Skip:(-not $canRunPostgres) {
        It 'gets callers that are known, over its Unix socket' -ForEach @{ Bin = $postgres } {
            $folder = [IO.Directory]::CreateTempSubdirectory('spiffe-pg-').FullName
            $account = '--reuid=postgres', '--regid=postgres', '--init-groups'
            $process = $null
            try {
                chown postgres $folder
                setpriv @account "$Bin/initdb" -D "$folder/data" -A trust --no-sync | Out-Null
                $postgres = @{
                    FilePath     = 'setpriv'
                    ArgumentList = @($account) + "$Bin/postgres", '-D', "$folder/data", '-k', $folder, '-c', 'listen_addresses=', '-c', 'fsync=off'
                    RedirectStandardError = "$TestDrive/postgres.txt"
                    PassThru     = $true
                }
                $process = Start-Process @postgres
                foreach ($i in 1..600) {
                    if (Test-Path -Path "$folder/.s.PGSQL.5432") { break }
                    Start-Sleep -Milliseconds 100
                }

                $incoming = Start-SpiffeTunnel Server tcp://127.0.0.1:0 "unix://$folder/.s.PGSQL.5432" -AllowSpiffeId spiffe://example.org/shop -Hint server
                $outgoing = Start-SpiffeTunnel Client tcp://127.0.0.1:0 ($incoming.Listen -replace '^tcp://') -AllowSpiffeId spiffe://example.org/web -Hint client
                $port = ($outgoing.Listen -split ':')[-1]

                psql -XAt "host=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=disable" -c 'select count(*) from generate_series(1, 100000)' |
                    Should -Be '100000'
                (Get-SpiffeTunnel -Id $incoming.Id).RefusedConnections | Should -Be 0

                Stop-SpiffeTunnel -Id $incoming.Id
                $closed = Start-SpiffeTunnel Server $incoming.Listen "unix://$folder/.s.PGSQL.5432" -AllowSpiffeId spiffe://example.org/other -Hint server
                psql -XAt "host=127.0.0.1 port=$port user=postgres dbname=postgres sslmode=disable" -c 'select 1' 2>&1 | Out-String |
                    Should -Not -Match '^1'
                (Get-SpiffeTunnel -Id $closed.Id).LastError | Should -Match 'spiffe://example.org/shop'
            }
            finally {
                if ($process) {
                    # Fast shutdown: setpriv has become the server.
                    kill -INT $process.Id
                    $process.WaitForExit()
                }

                Remove-Item -Path $folder -Recurse -Force
            }
        }
    }

    Context 'errors' {
        It 'starts nothing with -WhatIf' {
            Start-SpiffeTunnel Client tcp://127.0.0.1:0 localhost:1 -AllowAny -WhatIf | Should -BeNullOrEmpty

            Get-SpiffeTunnel | Should -BeNullOrEmpty
        }

        It 'takes an address with and without tcp://' {
            $tunnel = Start-SpiffeTunnel Client 127.0.0.1:0 tcp://localhost:1 -AllowAny

            $tunnel.Listen | Should -Match '^tcp://127\.0\.0\.1:[1-9]'
            $tunnel.Target | Should -Be 'localhost:1'
        }

        It 'gives RequestInvalid for <Mode> <Listen> <Target>' -ForEach @(
            @{ Mode = 'Client'; Listen = 'localhost:1'; Target = 'localhost:1' }
            @{ Mode = 'Client'; Listen = '127.0.0.1'; Target = 'localhost:1' }
            @{ Mode = 'Client'; Listen = 'tcp://localhost:1'; Target = 'localhost:1' }
            @{ Mode = 'Client'; Listen = 'tcp://127.0.0.1:65536'; Target = 'localhost:1' }
            @{ Mode = 'Client'; Listen = 'unix://relative'; Target = 'localhost:1' }
            @{ Mode = 'Client'; Listen = 'tcp://127.0.0.1:0'; Target = 'localhost' }
            @{ Mode = 'Client'; Listen = 'tcp://127.0.0.1:0'; Target = 'localhost:0' }
            @{ Mode = 'Client'; Listen = 'tcp://0.0.0.0:0'; Target = 'localhost:1' }
            @{ Mode = 'Client'; Listen = 'tcp://[::]:0'; Target = 'localhost:1' }
            @{ Mode = 'Server'; Listen = 'tcp://0.0.0.0:0'; Target = 'db.example.org:1' }
            @{ Mode = 'Server'; Listen = 'tcp://0.0.0.0:0'; Target = '192.0.2.1:1' }
        ) {
            $failure = { Start-SpiffeTunnel $Mode $Listen $Target -AllowAny } |
                Should -Throw -ErrorId 'RequestInvalid,Spiffe.Commands.StartSpiffeTunnelCommand' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
            Get-SpiffeTunnel | Should -BeNullOrEmpty
        }

        It 'takes plain connections from other machines only when it is asked to' {
            (Start-SpiffeTunnel Client tcp://0.0.0.0:0 localhost:1 -AllowAny -AllowRemotePlainText).Listen | Should -Match '^tcp://0\.0\.0\.0:'
            Start-SpiffeTunnel Server tcp://127.0.0.1:0 db.example.org:1 -AllowAny -AllowRemotePlainText | Should -Not -BeNullOrEmpty
        }

        It 'names the folder that does not exist' {
        { Start-SpiffeTunnel Client "unix://$TestDrive/none/a.sock" localhost:1 -AllowAny } |
            Should -Throw -ErrorId 'TunnelFailed,*' -ExpectedMessage "*$TestDrive/none*does not exist*"
    }

    It 'gives TunnelFailed where another tunnel listens' {
            $tunnel = Start-SpiffeTunnel Client tcp://127.0.0.1:0 localhost:1 -AllowAny

            $failure = { Start-SpiffeTunnel Client $tunnel.Listen localhost:1 -AllowAny } | Should -Throw -ErrorId 'TunnelFailed,*' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'OpenError'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'needs a rule' {
            { Start-SpiffeTunnel Client tcp://127.0.0.1:0 localhost:1 -AllowSpiffeId $null } |
                Should -Throw -ExceptionType ([System.Management.Automation.ParameterBindingException])
        }

        It 'gives the agent''s error before it listens' {
            { Start-SpiffeTunnel Client tcp://127.0.0.1:0 localhost:1 -AllowAny -Hint nothing } | Should -Throw -ErrorId 'HintNotFound,*'
            Get-SpiffeTunnel | Should -BeNullOrEmpty
        }

        It 'makes a socket with the mode that is asked for' -Skip:(-not $IsLinux) {
            $null = Start-SpiffeTunnel Client "unix://$TestDrive/private.sock" localhost:1 -AllowAny
            $null = Start-SpiffeTunnel Client "unix://$TestDrive/group.sock" localhost:1 -AllowAny -SocketMode 0660

            (Get-Item -Path "$TestDrive/private.sock").UnixFileMode | Should -Be 'UserWrite, UserRead'
            (Get-Item -Path "$TestDrive/group.sock").UnixFileMode | Should -Be 'GroupWrite, GroupRead, UserWrite, UserRead'
        }
    }
}

Describe 'Help of Start-SpiffeTunnel' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeTunnel
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    # With -Wait, it runs until it is stopped; the tests with clients of their own do that.
    It 'runs <Title>' -ForEach (Get-HelpExample -Name Start-SpiffeTunnel | Where-Object Code -NotMatch '-Wait') {
        { Invoke-HelpExample -Code $Code -Folder $TestDrive } | Should -Not -Throw
    }
}
