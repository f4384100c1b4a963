BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Get-SpiffeDevAgent' {
    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'gives nothing, and no error, where none runs' {
        Get-SpiffeDevAgent -ErrorVariable failures | Should -BeNullOrEmpty

        $failures | Should -BeNullOrEmpty
    }

    It 'gives what Start-SpiffeDevAgent gave, the oldest first' {
        $first = Start-SpiffeDevAgent
        $second = Start-SpiffeDevAgent -TrustDomain 'other.org'

        $agents = Get-SpiffeDevAgent

        $agents | Should -BeOfType ([Spiffe.DevAgent])
        $agents.ProcessId | Should -Be $first.ProcessId, $second.ProcessId
        $agents.Endpoint | Should -Be $first.Endpoint, $second.Endpoint
    }

    It 'gives an agent with its endpoint as text' {
        $agent = Start-SpiffeDevAgent

        "$(Get-SpiffeDevAgent)" | Should -BeExactly $agent.Endpoint
    }

    It 'forgets an agent that died' {
        $agent = Start-SpiffeDevAgent
        Stop-Process -Id $agent.ProcessId -Force
        Wait-Process -Id $agent.ProcessId -Timeout 5 -ErrorAction Ignore

        Get-SpiffeDevAgent | Should -BeNullOrEmpty

        # Killed, it could not tidy up.
        Split-Path -Path ($agent.Endpoint -replace '^unix://', '') -Parent | Remove-Item -Recurse -ErrorAction Ignore
    }

    It 'knows the agents of this process alone' {
        $null = Start-SpiffeDevAgent

        $others = Start-Job -ScriptBlock { Import-Module -Name $using:manifest; Get-SpiffeDevAgent } |
            Receive-Job -Wait -AutoRemoveJob

        $others | Should -BeNullOrEmpty
    }

    It 'knows the agents of other runspaces' {
        $agent = Start-SpiffeDevAgent

        $seen = 1 | ForEach-Object -Parallel { Import-Module -Name $using:manifest; Get-SpiffeDevAgent }

        $seen.ProcessId | Should -Be $agent.ProcessId
    }

    It 'declares its output type' {
        (Get-Command -Name Get-SpiffeDevAgent).OutputType.Name | Should -Be 'Spiffe.DevAgent'
    }
}

Describe 'Help of Get-SpiffeDevAgent' {
    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Get-SpiffeDevAgent) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
