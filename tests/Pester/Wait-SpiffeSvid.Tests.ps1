BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Wait-SpiffeSvid' {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
    }

    AfterAll {
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'gives the SVID that is there' {
        $null = Start-SpiffeDevAgent -SetEnvironment

        Wait-SpiffeSvid | Should -BeOfType ([Spiffe.X509Svid])
    }

    It 'waits for an agent that is not there yet' {
        $path = Join-Path -Path $TestDrive -ChildPath 'late.sock'
        $job = Start-Job -ArgumentList $manifest.Path, $path -ScriptBlock {
            param($Manifest, $Path)
            Import-Module -Name $Manifest
            Wait-SpiffeSvid -Endpoint $Path -TimeoutSec 30
        }
        Start-Sleep -Milliseconds 1500

        $null = Start-SpiffeDevAgent -Endpoint $path

        ($job | Receive-Job -Wait -AutoRemoveJob).TrustDomain | Should -Be 'example.org'
    }

    It 'waits for an entry that is not there yet' {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/first' } -SetEnvironment
        $job = Start-Job -ArgumentList $manifest.Path -ScriptBlock {
            param($Manifest)
            Import-Module -Name $Manifest
            Wait-SpiffeSvid -SpiffeId spiffe://example.org/second -TimeoutSec 30
        }

        Update-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/second' }

        ($job | Receive-Job -Wait -AutoRemoveJob).SpiffeId | Should -Be 'spiffe://example.org/second'
    }

    It 'waits for a renewal of what comes from the pipeline' {
        $null = Start-SpiffeDevAgent -SvidTtlSec 4 -SetEnvironment
        $old = Get-SpiffeX509Svid

        $new = $old | Wait-SpiffeSvid

        $new.SpiffeId | Should -Be $old.SpiffeId
        $new.Thumbprint | Should -Not -Be $old.Thumbprint
    }

    It 'returns the successor of that SVID, even if it came before the wait' {
        $null = Start-SpiffeDevAgent -Entry @(
            @{ SpiffeId = 'spiffe://example.org/web' }
            @{ SpiffeId = 'spiffe://example.org/batch' }
        ) -SetEnvironment
        $old = Get-SpiffeX509Svid
        $snapshot = Join-Path -Path $TestDrive -ChildPath 'old.xml'
        $old[1] | Export-Clixml -Path $snapshot
        Update-SpiffeDevAgent -Rotate Svid

        "$($old[1] | Wait-SpiffeSvid -TimeoutSec 10)" | Should -BeExactly 'spiffe://example.org/batch'
        "$(Import-Clixml -Path $snapshot | Wait-SpiffeSvid -TimeoutSec 10)" | Should -BeExactly 'spiffe://example.org/batch'
        "$($old | Wait-SpiffeSvid -TimeoutSec 10)" | Should -BeExactly 'spiffe://example.org/web spiffe://example.org/batch'
        { Wait-SpiffeSvid -Renewed $old[1].Thumbprint -TimeoutSec 10 } | Should -Throw -ErrorId 'SpiffeIdNotFound,*'
    }

    It 'waits for the default identity' {
        $null = Start-SpiffeDevAgent -Entry @(
            @{ SpiffeId = 'spiffe://example.org/web' }
            @{ SpiffeId = 'spiffe://example.org/batch' }
        ) -SetEnvironment

        "$(Wait-SpiffeSvid -Default)" | Should -BeExactly 'spiffe://example.org/web'
    }

    It 'waits for JWT-SVIDs' {
        $agent = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/first' } -SetEnvironment
        $job = Start-Job -ArgumentList $manifest.Path -ScriptBlock {
            param($Manifest)
            Import-Module -Name $Manifest
            Wait-SpiffeSvid -Type Jwt -Audience orders -SpiffeId spiffe://example.org/second -TimeoutSec 30
        }
        Update-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/second' }

        ($job | Receive-Job -Wait -AutoRemoveJob).Audience | Should -Be 'orders'
        $svid = $agent | Wait-SpiffeSvid -Type Jwt -Audience orders -Default
        $svid | Should -BeOfType ([Spiffe.JwtSvid])
        $svid.SpiffeId | Should -Be 'spiffe://example.org/first'
    }

    It 'gives <Id> for <Parameters>' -ForEach @(
        @{ Parameters = '-Type Jwt'; Id = 'AudienceMismatch' }
        @{ Parameters = '-Audience orders'; Id = 'AudienceMismatch' }
        @{ Parameters = "-Type Jwt -Audience orders -Renewed $('A' * 40)"; Id = 'SvidTypeMismatch' }
    ) {
        { Invoke-Expression -Command "Wait-SpiffeSvid $Parameters -Endpoint $TestDrive/none.sock" } |
            Should -Throw -ErrorId "$Id,Spiffe.Commands.WaitSpiffeSvidCommand"
    }

    It 'gives up with Timeout' {
        $path = Join-Path -Path $TestDrive -ChildPath 'nobody.sock'

        $failure = { Wait-SpiffeSvid -Endpoint $path -TimeoutSec 1 } |
            Should -Throw -ErrorId 'Timeout,Spiffe.Commands.WaitSpiffeSvidCommand' -PassThru

        $failure.CategoryInfo.Category | Should -Be 'OperationTimeout'
        $failure.Exception.Message | Should -Match 'nobody\.sock'
    }
}

Describe 'Help of Wait-SpiffeSvid' {
    AfterEach {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Wait-SpiffeSvid) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
