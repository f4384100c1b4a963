BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Stop-SpiffeDevAgent' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        $env:SPIFFE_ENDPOINT_SOCKET = $null
    }

    AfterAll {
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    AfterEach {
        Stop-SpiffeDevAgent -WarningAction Ignore
        $env:SPIFFE_ENDPOINT_SOCKET = $null
    }

    It 'ends the process and leaves no socket' {
        $agent = Start-SpiffeDevAgent
        $path = $agent.Endpoint -replace '^unix://', ''
        $path | Should -Exist

        Stop-SpiffeDevAgent | Should -BeNullOrEmpty

        Get-Process -Id $agent.ProcessId -ErrorAction Ignore | Should -BeNullOrEmpty
        $path | Should -Not -Exist
        Split-Path -Path $path -Parent | Should -Not -Exist
        Get-SpiffeDevAgent | Should -BeNullOrEmpty
    }

    It 'warns where no agent runs' {
        Stop-SpiffeDevAgent -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction Stop

        $warnings | Should -HaveCount 1
        Stop-SpiffeDevAgent -ProcessId @() -WarningVariable warnings -ErrorAction Stop
        $warnings | Should -BeNullOrEmpty
    }

    It 'stops all without -ProcessId' {
        $null = Start-SpiffeDevAgent
        $null = Start-SpiffeDevAgent

        Stop-SpiffeDevAgent

        Get-SpiffeDevAgent | Should -BeNullOrEmpty
    }

    It 'stops one that comes from the pipeline' {
        $first = Start-SpiffeDevAgent
        $second = Start-SpiffeDevAgent

        $first | Stop-SpiffeDevAgent

        (Get-SpiffeDevAgent).ProcessId | Should -Be $second.ProcessId
    }

    It 'stops one by position' {
        $first = Start-SpiffeDevAgent
        $second = Start-SpiffeDevAgent

        Stop-SpiffeDevAgent $second.ProcessId

        (Get-SpiffeDevAgent).ProcessId | Should -Be $first.ProcessId
    }

    It 'stops nothing for an empty pipeline' {
        $agent = Start-SpiffeDevAgent

        Get-SpiffeDevAgent | Where-Object ProcessId -EQ 0 | Stop-SpiffeDevAgent

        (Get-SpiffeDevAgent).ProcessId | Should -Be $agent.ProcessId
    }

    It 'stops nothing for an empty list' {
        $agent = Start-SpiffeDevAgent
        $mine = @()

        Stop-SpiffeDevAgent -ProcessId $mine

        (Get-SpiffeDevAgent).ProcessId | Should -Be $agent.ProcessId
    }

    It 'stops nothing with -WhatIf' {
        $agent = Start-SpiffeDevAgent

        Stop-SpiffeDevAgent -WhatIf

        (Get-SpiffeDevAgent).ProcessId | Should -Be $agent.ProcessId
    }

    It 'is content where none runs' {
        Stop-SpiffeDevAgent -ErrorVariable failures

        $failures | Should -BeNullOrEmpty
    }

    It 'puts the environment variable back' {
        $env:SPIFFE_ENDPOINT_SOCKET = 'unix:///run/other.sock'
        $null = Start-SpiffeDevAgent -SetEnvironment

        Stop-SpiffeDevAgent

        $env:SPIFFE_ENDPOINT_SOCKET | Should -BeExactly 'unix:///run/other.sock'
    }

    It 'leaves the environment variable alone where it was changed meanwhile' {
        $null = Start-SpiffeDevAgent -SetEnvironment
        $env:SPIFFE_ENDPOINT_SOCKET = 'unix:///run/other.sock'

        Stop-SpiffeDevAgent

        $env:SPIFFE_ENDPOINT_SOCKET | Should -BeExactly 'unix:///run/other.sock'
    }

    It 'leaves no address of a stopped agent in the environment variable' {
        $null = Start-SpiffeDevAgent -SetEnvironment
        $null = Start-SpiffeDevAgent -SetEnvironment

        Stop-SpiffeDevAgent

        $env:SPIFFE_ENDPOINT_SOCKET | Should -BeNullOrEmpty
    }

    It 'reports a process that is not an agent, and does not touch it' {
        Stop-SpiffeDevAgent -ProcessId $PID -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Should -HaveCount 1
        $failures[0].FullyQualifiedErrorId |
            Should -BeExactly 'DevAgentNotFound,Spiffe.Commands.StopSpiffeDevAgentCommand'
        $failures[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failures[0].TargetObject | Should -Be $PID
    }
}

Describe 'Help of Stop-SpiffeDevAgent' {
    BeforeEach {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Stop-SpiffeDevAgent) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive
    }
}
