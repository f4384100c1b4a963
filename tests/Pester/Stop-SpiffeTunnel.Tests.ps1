BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name (Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1")
    . "$PSScriptRoot/Examples.ps1"

    # Tries to take the port: a connection would be reset at once, because no target answers, and look refused.
    function Test-Listen ([string] $Listen) {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, ($Listen -split ':')[-1])
        try {
            $listener.Start()
            $false
        }
        catch [System.Net.Sockets.SocketException] {
            $true
        }
        finally {
            $listener.Stop()
        }
    }
}

Describe 'Stop-SpiffeTunnel' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    BeforeEach {
        $first = Start-SpiffeTunnel Client tcp://127.0.0.1:0 localhost:1 -AllowAny
        $second = Start-SpiffeTunnel Client tcp://127.0.0.1:0 localhost:1 -AllowAny
    }

    AfterEach {
        Stop-SpiffeTunnel
    }

    It 'stops all without -Id' {
        Stop-SpiffeTunnel | Should -BeNullOrEmpty

        Get-SpiffeTunnel | Should -BeNullOrEmpty
        Test-Listen -Listen $first.Listen | Should -BeFalse
    }

    It 'stops one that comes from the pipeline' {
        $first | Stop-SpiffeTunnel

        (Get-SpiffeTunnel).Id | Should -Be $second.Id
        Test-Listen -Listen $second.Listen | Should -BeTrue
    }

    It 'stops none for an empty list' {
        Stop-SpiffeTunnel -Id @()

        (Get-SpiffeTunnel).Id | Should -Be $first.Id, $second.Id
    }

    It 'stops none with -WhatIf' {
        Stop-SpiffeTunnel -WhatIf

        (Get-SpiffeTunnel).Id | Should -Be $first.Id, $second.Id
    }

    It 'names a number that is not there, and stops the others' {
        Stop-SpiffeTunnel -Id 999, $first.Id -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures.FullyQualifiedErrorId | Should -Be 'TunnelNotFound,Spiffe.Commands.StopSpiffeTunnelCommand'
        (Get-SpiffeTunnel).Id | Should -Be $second.Id
    }

    It 'ends the connections that are open' {
        $client = [System.Net.Sockets.TcpClient]::new()
        $server = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $server.Start()
        $tunnel = Start-SpiffeTunnel Client tcp://127.0.0.1:0 "127.0.0.1:$($server.LocalEndpoint.Port)" -AllowAny
        $client.Connect([System.Net.IPEndPoint]::Parse(($tunnel.Listen -replace '^tcp://')))

        $tunnel | Stop-SpiffeTunnel

        { $client.GetStream().ReadByte() } | Should -Throw
        $client.Dispose()
        $server.Stop()
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Stop-SpiffeTunnel) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -BeNullOrEmpty
    }
}
