BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'ConvertTo-SpiffeId' {
    It 'reads text from the pipeline, byte for byte' {
        $id = 'spiffe://example.org/A/b-c_d.e' | ConvertTo-SpiffeId

        $id | Should -BeOfType ([Spiffe.SpiffeId])
        "$id" | Should -BeExactly 'spiffe://example.org/A/b-c_d.e'
        $id.Path | Should -BeExactly '/A/b-c_d.e'
    }

    It 'puts parts together' {
        "$(ConvertTo-SpiffeId -TrustDomain 'example.org' -Path '/web')" | Should -BeExactly 'spiffe://example.org/web'
    }

    It 'normalizes scheme and trust domain on request, and never the path' {
        "$(ConvertTo-SpiffeId 'SPIFFE://Example.ORG/Web' -Normalize)" | Should -BeExactly 'spiffe://example.org/Web'
    }

    It 'refuses <_>' -ForEach 'http://example.org/web', 'spiffe://Example.org/web', 'spiffe://example.org/', 'spiffe://a/b?c' {
        { ConvertTo-SpiffeId $_ -ErrorAction Stop } | Should -Throw -ErrorId 'SpiffeIdInvalid,Spiffe.Commands.ConvertToSpiffeIdCommand'
    }

    It 'reads <Case>' -ForEach @(
        @{ Case = 'the snapshot of an SVID in a file'; Get = { Import-Clixml -Path $snapshot } }
        @{ Case = 'the snapshot of an ID'; Get = { (Import-Clixml -Path $snapshot).SpiffeId } }
        @{ Case = 'the result of a job'; Get = { Start-Job { $using:svid } | Receive-Job -Wait -AutoRemoveJob } }
        @{ Case = 'what Select-Object leaves'; Get = { $svid | Select-Object -Property SpiffeId } }
    ) {
        $snapshot = Join-Path -Path $TestDrive -ChildPath 'svid.xml'
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SetEnvironment
        $svid = Get-SpiffeX509Svid
        $svid | Export-Clixml -Path $snapshot -Depth 3
        Stop-SpiffeDevAgent

        "$(& $Get | ConvertTo-SpiffeId)" | Should -BeExactly 'spiffe://example.org/web'
        & $Get | Test-SpiffeId | Should -BeTrue
    }

    It 'does not read the text of another object' {
        { Get-Item -Path $PSCommandPath | ConvertTo-SpiffeId -ErrorAction Stop } | Should -Throw -ErrorId 'SpiffeIdInvalid,*'
        Get-Item -Path $PSCommandPath | Test-SpiffeId | Should -BeFalse
    }

    It 'gives IDs that <Command> compares byte for byte' -ForEach @(
        @{ Command = 'Sort-Object'; Run = { $ids | Sort-Object }; Expected = '/B /C /a /a /b' }
        @{ Command = 'Sort-Object -Unique'; Run = { $ids | Sort-Object -Unique }; Expected = '/B /C /a /b' }
        @{ Command = 'Sort-Object -Descending'; Run = { $ids | Sort-Object -Descending }; Expected = '/b /a /a /C /B' }
        @{ Command = 'Sort-Object -Property'; Run = { ($ids | ForEach-Object { @{ Id = $_ } } | Sort-Object -Property Id -Unique).Id }; Expected = '/B /C /a /b' }
        @{ Command = 'Select-Object -Unique'; Run = { $ids | Select-Object -Unique }; Expected = '/a /B /C /b' }
        @{ Command = 'Group-Object'; Run = { $ids | Group-Object | ForEach-Object { $_.Group[0] } }; Expected = '/B /C /a /b' }
        @{ Command = 'Group-Object -AsHashTable'; Run = { ($ids | Group-Object -AsHashTable).Keys | Sort-Object }; Expected = '/B /C /a /b' }
        @{ Command = 'Compare-Object'; Run = { (Compare-Object -ReferenceObject $ids[0, 4] -DifferenceObject $ids[3, 1]).InputObject | Sort-Object }; Expected = '/B /b' }
    ) {
        $ids = 'a', 'B', 'C', 'a', 'b' | ForEach-Object { [Spiffe.SpiffeId] "spiffe://example.org/$_" }

        (& $Run).Path -join ' ' | Should -BeExactly $Expected
    }

    It 'gives trust domains that sort and compare' {
        $names = 'b.org', 'a-b.org', 'ab.org' | ForEach-Object { [Spiffe.TrustDomain] $_ }

        ($names | Sort-Object).Name | Should -BeExactly 'a-b.org', 'ab.org', 'b.org'
        $names[1] -lt $names[2] | Should -BeTrue
        $names[0] -in $names | Should -BeTrue
    }

    It 'shows the ID in a table' {
        ConvertTo-SpiffeId 'spiffe://example.org/web' | Out-String | Should -Match 'spiffe://example\.org/web +example\.org'
    }
}

Describe 'Help of ConvertTo-SpiffeId' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name ConvertTo-SpiffeId) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
