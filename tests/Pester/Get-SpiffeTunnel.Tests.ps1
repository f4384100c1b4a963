BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name (Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1")
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Get-SpiffeTunnel' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        $null = Start-SpiffeDevAgent -SetEnvironment
        $first = Start-SpiffeTunnel Client tcp://127.0.0.1:0 localhost:1 -AllowAny
        $second = Start-SpiffeTunnel Server tcp://127.0.0.1:0 localhost:2 -AllowTrustDomain example.org
    }

    AfterAll {
        Stop-SpiffeTunnel
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'lists the tunnels with the addresses at which they really listen' {
        $tunnels = Get-SpiffeTunnel

        $tunnels | Should -BeOfType ([Spiffe.Tunnel])
        $tunnels.Id | Should -Be $first.Id, $second.Id
        $tunnels.Listen | Should -Be $first.Listen, $second.Listen
        $tunnels.Listen | Should -Not -Match ':0$'
        $tunnels.Mode | Should -Be 'Client', 'Server'
        $tunnels.Target | Should -Be 'localhost:1', 'localhost:2'
        $tunnels[1].Allows | Should -Match "'example.org'"
        $tunnels.StartTime.Kind | Should -Be 'Local', 'Local'
    }

    It 'counts' {
        $client = [System.Net.Sockets.TcpClient]::new()
        $client.Connect([System.Net.IPEndPoint]::Parse(($first.Listen -replace '^tcp://')))
        foreach ($i in 1..600) {
            $tunnel = Get-SpiffeTunnel -Id $first.Id
            if ($tunnel.RefusedConnections) { break }
            Start-Sleep -Milliseconds 50
        }

        $client.Dispose()
        $tunnel.TotalConnections | Should -Be 1
        $tunnel.RefusedConnections | Should -Be 1
        $tunnel.LastError | Should -Match 'localhost:1'
    }

    It 'gives none for an empty list' {
        Get-SpiffeTunnel -Id @() | Should -BeNullOrEmpty
    }

    It 'names a number that is not there, and gives the others' {
        $tunnels = Get-SpiffeTunnel -Id $second.Id, 999 -ErrorAction SilentlyContinue -ErrorVariable failures

        $tunnels.Id | Should -Be $second.Id
        $failures.FullyQualifiedErrorId | Should -Be 'TunnelNotFound,Spiffe.Commands.GetSpiffeTunnelCommand'
        $failures[0].TargetObject | Should -Be 999
    }

    It 'shows a table that fits 80 columns' {
        $table = Get-SpiffeTunnel | Out-String -Stream -Width 80 | Where-Object { $_ }

        $table[0].Trim() -split '\s+' | Should -Be 'Id', 'Mode', 'Listen', 'Target', 'Active'
        $table.Where({ $_.Length -gt 80 }) | Should -BeNullOrEmpty
    }

    It 'completes -Id, and says below the menu which tunnel it is' {
        $line = 'Get-SpiffeTunnel -Id '

        $found = (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches

        $found.CompletionText | Should -Be $first.Id, $second.Id
        $found[0].ToolTip | Should -Be "Client: $($first.Listen) to localhost:1"
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Get-SpiffeTunnel) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
