BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Update-SpiffeDevAgent' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterAll {
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    BeforeEach {
        $agent = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SetEnvironment
    }

    AfterEach {
        Stop-SpiffeDevAgent -WarningAction Ignore
    }

    It 'gives DevAgentNotFound where no agent runs' {
        Stop-SpiffeDevAgent

        { Update-SpiffeDevAgent -Rotate Svid } |
            Should -Throw -ErrorId 'DevAgentNotFound,Spiffe.Commands.UpdateSpiffeDevAgentCommand'
        { Update-SpiffeDevAgent -ProcessId @() -Rotate Svid -ErrorAction Stop } | Should -Not -Throw
    }

    It 'has one error for a missing agent that is named twice' {
        Update-SpiffeDevAgent -ProcessId 1, 1 -Rotate Svid -ErrorVariable failures -ErrorAction SilentlyContinue

        $failures | Should -HaveCount 1
    }

    It 'gives nothing, and the agent with -PassThru' {
        Update-SpiffeDevAgent -ClearFault | Should -BeNullOrEmpty

        (Update-SpiffeDevAgent -ClearFault -PassThru).ProcessId | Should -Be $agent.ProcessId
    }

    It 'adds, changes and removes entries' {
        Update-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/batch' }, @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }
        (Get-SpiffeX509Svid).SpiffeId | Should -Be 'spiffe://example.org/web', 'spiffe://example.org/batch'
        (Get-SpiffeX509Svid).Hint | Should -Be 'external', ''

        Update-SpiffeDevAgent -RemoveEntry 'spiffe://example.org/web'
        (Get-SpiffeX509Svid).SpiffeId | Should -Be 'spiffe://example.org/batch'
    }

    It 'updates the agent that comes from the pipeline, and no other' {
        $other = Start-SpiffeDevAgent

        $agent | Update-SpiffeDevAgent -Fault Unavailable

        { Get-SpiffeX509Svid -Endpoint $agent.Endpoint } | Should -Throw -ErrorId 'AgentUnavailable,*'
        Get-SpiffeX509Svid -Endpoint $other.Endpoint | Should -Not -BeNullOrEmpty
    }

    It 'notifies a watch of a new SVID' {
        $updates = Watch-SpiffeSvid -Count 2 -TimeoutSec 30 | ForEach-Object -Process {
            $_
            Update-SpiffeDevAgent -Rotate Svid
        }

        $updates[1].Kind | Should -Be 'Updated'
        $updates[1].Svids[0].Thumbprint | Should -Not -Be $updates[0].Svids[0].Thumbprint
    }

    It 'completes -<_> with the entries of the agent' -ForEach 'Redact', 'RemoveEntry' {
        Update-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/late' }
        $script = "Update-SpiffeDevAgent -$_ spiffe://example.org/la"

        (TabExpansion2 -inputScript $script -cursorColumn $script.Length).CompletionMatches.CompletionText |
            Should -BeExactly "'spiffe://example.org/late'"
    }

    It 'completes -ProcessId with agents that run' {
        $script = 'Update-SpiffeDevAgent -ProcessId '

        (TabExpansion2 -inputScript $script -cursorColumn $script.Length).CompletionMatches.CompletionText |
            Should -BeExactly "$($agent.ProcessId)"
    }

    It 'reports what the agent refuses' {
        Update-SpiffeDevAgent -RemoveEntry 'spiffe://example.org/nobody' -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Should -HaveCount 1
        $failures[0].FullyQualifiedErrorId | Should -BeExactly 'DevAgentRefused,Spiffe.Commands.UpdateSpiffeDevAgentCommand'
        $failures[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failures[0].TargetObject | Should -Be $agent.ProcessId
    }
}

Describe 'Parameters of Update-SpiffeDevAgent' {
    It 'completes the names of faults and of what can be rotated' {
        $script = 'Update-SpiffeDevAgent -Fault No'
        $found = (TabExpansion2 -inputScript $script -cursorColumn $script.Length).CompletionMatches.CompletionText

        $found | Should -Contain 'NoBundle'
        $found | Should -Contain 'NoKey'
    }

    It 'refuses <_>' -ForEach '-Fault Fire', '-Rotate Everything', '-DelayMs -1', '-Redact web' {
        { Invoke-Expression -Command "Update-SpiffeDevAgent $_" } | Should -Throw -ExceptionType (
            [System.Management.Automation.ParameterBindingException])
    }
}

Describe 'Help of Update-SpiffeDevAgent' {
    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Update-SpiffeDevAgent) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
