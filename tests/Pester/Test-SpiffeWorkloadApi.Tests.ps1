BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Test-SpiffeWorkloadApi' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterAll {
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'is true where the agent answers' {
        $null = Start-SpiffeDevAgent -SetEnvironment

        Test-SpiffeWorkloadApi | Should -BeTrue
        (Test-SpiffeWorkloadApi -Detailed).Outcome | Should -Not -Contain 'Failed'
    }

    It 'is false, and no error, where <Case>' -ForEach @(
        @{ Case = 'there is no socket'; Endpoint = '/nowhere/agent.sock'; Step = 'Socket' }
        @{ Case = 'there is another file'; Endpoint = '/etc/passwd'; Step = 'Socket' }
        @{ Case = 'the address breaks a rule'; Endpoint = 'tcp://localhost:8081'; Step = 'Address' }
    ) {
        Test-SpiffeWorkloadApi -Endpoint $Endpoint -ErrorVariable failures | Should -BeFalse

        $failures | Should -BeNullOrEmpty
        $failed = Test-SpiffeWorkloadApi -Endpoint $Endpoint -Detailed | Where-Object Outcome -EQ 'Failed'
        $failed.Step | Should -Be $Step
        $failed.Advice | Should -Not -BeNullOrEmpty
    }

    It 'is false where no entry selects this process' {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web'; Selector = 'unix:uid:4711' } -SetEnvironment

        Test-SpiffeWorkloadApi | Should -BeFalse
    }

    It 'shows a table of four columns' {
        $null = Start-SpiffeDevAgent -SetEnvironment

        $table = Test-SpiffeWorkloadApi -Detailed | Out-String -Stream -Width 200 | Where-Object { $_ }

        $table[0].Trim() -split '\s+' | Should -Be 'Outcome', 'Step', 'Finding'
    }
}

Describe 'Help of Test-SpiffeWorkloadApi' {
    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Test-SpiffeWorkloadApi) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
