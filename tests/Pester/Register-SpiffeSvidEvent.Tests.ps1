BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Register-SpiffeSvidEvent' {
    BeforeAll {
        $entries = @(
            @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }
            @{ SpiffeId = 'spiffe://example.org/batch'; Hint = 'internal' }
        )
        $null = Start-SpiffeDevAgent -Entry $entries -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    AfterEach {
        Get-EventSubscriber | Unregister-Event
        Get-Event | Remove-Event
    }

    It 'queues an event for each update' {
        Register-SpiffeSvidEvent -SourceIdentifier svids -Hint external -MessageData 'mine' | Should -BeNullOrEmpty
        $first = Wait-Event -SourceIdentifier svids -Timeout 30
        $first | Remove-Event
        Update-SpiffeDevAgent -Rotate Svid
        $second = Wait-Event -SourceIdentifier svids -Timeout 30

        $first.SourceEventArgs | Should -BeOfType ([Spiffe.SvidEventArgs])
        $first.SourceEventArgs.Update.Kind | Should -Be 'Initial'
        "$($first.SourceEventArgs.Update.Svids)" | Should -BeExactly 'spiffe://example.org/web'
        $first.MessageData | Should -BeExactly 'mine'
        $second.SourceEventArgs.Update.Kind | Should -Be 'Updated'
        $second.SourceEventArgs.Update.SequenceNumber | Should -Be 2
    }

    It 'runs an action on the thread of the session' {
        $global:threads = [System.Collections.Generic.List[int]]::new()
        $global:ids = [System.Collections.Generic.List[string]]::new()
        $job = Register-SpiffeSvidEvent -Default -Action {
            $global:threads.Add([System.Environment]::CurrentManagedThreadId)
            $global:ids.Add($EventArgs.Update.Svids.SpiffeId)
        }
        foreach ($null in 1..300) {
            if ($global:ids.Count) { break }
            Start-Sleep -Milliseconds 100
        }

        $job | Should -BeOfType ([System.Management.Automation.PSEventJob])
        "$($global:ids)" | Should -BeExactly 'spiffe://example.org/web'
        $global:threads | Should -Be ([System.Environment]::CurrentManagedThreadId)
    }

    It 'follows JWT-SVIDs, and the identity of an SVID from the pipeline' {
        Get-SpiffeX509Svid -Hint internal | Register-SpiffeSvidEvent -SourceIdentifier tokens -Type Jwt -Audience orders
        $token = (Wait-Event -SourceIdentifier tokens -Timeout 30).SourceEventArgs.Update.Svids

        $token.SpiffeId | Should -Be 'spiffe://example.org/batch'
        $token.Audience | Should -Be 'orders'
    }

    It 'ends the watch with Unregister-Event, with -MaxTriggerCount and with the runspace' {
        Register-SpiffeSvidEvent -SourceIdentifier svids
        Register-SpiffeSvidEvent -SourceIdentifier once -MaxTriggerCount 1
        $null = Wait-Event -SourceIdentifier svids -Timeout 30
        $null = Wait-Event -SourceIdentifier once -Timeout 30
        foreach ($null in 1..300) {
            # The engine raises the last event, and then unregisters.
            if (-not (Get-EventSubscriber -SourceIdentifier once -ErrorAction Ignore)) { break }
            Start-Sleep -Milliseconds 100
        }

        Get-EventSubscriber -SourceIdentifier once -ErrorAction Ignore | Should -BeNullOrEmpty
        $runspace = [runspacefactory]::CreateRunspace()
        $runspace.Open()
        $shell = [powershell]::Create($runspace).AddScript({
            Import-Module -Name $args[0]
            Register-SpiffeSvidEvent -SourceIdentifier there
            (Wait-Event -SourceIdentifier there -Timeout 30).SourceEventArgs.Update.Svids.Count
            (Get-EventSubscriber -SourceIdentifier there).SourceObject
        }).AddArgument($manifest.Path)
        $count, $source = $shell.Invoke()
        $shell.Dispose()
        $own = (Get-EventSubscriber -SourceIdentifier svids).SourceObject

        $count | Should -Be 2
        $own.HasEnded | Should -BeFalse
        $source.HasEnded | Should -BeFalse
        $runspace.Dispose()
        Unregister-Event -SourceIdentifier svids
        foreach ($ended in $own, $source) {
            foreach ($null in 1..300) {
                if ($ended.HasEnded) { break }
                Start-Sleep -Milliseconds 100
            }

            $ended.HasEnded | Should -BeTrue
        }
    }

    It 'says why a watch has ended' {
        Register-SpiffeSvidEvent -SourceIdentifier short -TimeoutSec 1 -Hint none
        $null = Wait-Event -SourceIdentifier short -Timeout 30
        foreach ($null in 1..300) {
            $last = (Get-Event -SourceIdentifier short)[-1].SourceEventArgs
            if ($last.HasEnded) { break }
            Start-Sleep -Milliseconds 100
        }

        $last.HasEnded | Should -BeTrue
        $last.Error.Reason | Should -Be 'Timeout'
        $last.Update | Should -BeNullOrEmpty
    }

    It 'gives <Id> for <Parameters>' -ForEach @(
        @{ Parameters = '-SourceIdentifier taken'; Id = 'SubscriberExists' }
        @{ Parameters = '-Type Jwt'; Id = 'AudienceMismatch' }
        @{ Parameters = '-Endpoint http://agent'; Id = 'EndpointInvalid' }
    ) {
        Register-SpiffeSvidEvent -SourceIdentifier taken

        { Invoke-Expression -Command "Register-SpiffeSvidEvent $Parameters" } |
            Should -Throw -ErrorId "$Id,Spiffe.Commands.RegisterSpiffeSvidEventCommand"
        Get-EventSubscriber | Should -HaveCount 1
    }
}

Describe 'Help of Register-SpiffeSvidEvent' {
    AfterEach {
        Get-EventSubscriber | Unregister-Event
        Get-Event | Remove-Event
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Register-SpiffeSvidEvent) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
