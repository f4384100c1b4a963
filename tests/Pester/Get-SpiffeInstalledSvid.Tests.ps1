BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Stores.ps1"
}

Describe 'Get-SpiffeInstalledSvid' {
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

    BeforeEach {
        $store = New-StoreName
    }

    AfterEach {
        Remove-Store -StoreName $store
    }

    It 'gives nothing for an empty <_>, so that nothing is uninstalled' -ForEach 'SpiffeId', 'Thumbprint' {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store
        $empty = @{ $_ = @() }

        Get-SpiffeInstalledSvid -StoreName $store @empty | Uninstall-SpiffeX509Svid

        Get-SpiffeInstalledSvid -StoreName $store | Should -HaveCount 2
    }

    It 'completes -<Parameter> with what is installed: <Command>' -ForEach @(
        foreach ($command in 'Get-SpiffeInstalledSvid', 'Uninstall-SpiffeX509Svid') {
            foreach ($parameter in 'SpiffeId', 'Thumbprint', 'Hint') {
                @{ Command = $command; Parameter = $parameter }
            }
        }
    ) {
        $installed = Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store -PassThru
        $line = "$Command -StoreName $store -$Parameter "

        $found = (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.ListItemText

        $found | Sort-Object | Should -Be ($installed.$Parameter | ForEach-Object ToString | Sort-Object)
    }

    It 'gives nothing for a store that has none' {
        Get-SpiffeInstalledSvid -StoreName $store | Should -BeNullOrEmpty
    }

    It 'knows its own in another process, and after the store was copied' -Skip:(-not $IsLinux) {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store
        $copy = New-StoreName
        Copy-Item -Path "$storesFolder/$store" -Destination "$storesFolder/$copy" -Recurse

        $found = Start-Job -ScriptBlock {
            Import-Module -Name $using:manifest
            Get-SpiffeInstalledSvid -StoreName $using:copy
        } | Receive-Job -Wait -AutoRemoveJob

        $found.SpiffeId | Sort-Object | Should -Be 'spiffe://example.org/batch', 'spiffe://example.org/web'
        $found.Store | Should -Be "CurrentUser\$copy", "CurrentUser\$copy"
        Remove-Store -StoreName $copy
    }

    It 'does not return what another program installed' {
        $certificate = Get-SpiffeX509Svid -Hint 'external' -AsCertificate
        $opened = [System.Security.Cryptography.X509Certificates.X509Store]::new($store, 'CurrentUser')
        $opened.Open('ReadWrite')
        $opened.Add($certificate)
        Get-SpiffeX509Svid -Hint 'internal' | Install-SpiffeX509Svid -StoreName $store

        (Get-SpiffeInstalledSvid -StoreName $store).Hint | Should -Be 'internal'

        $opened.Remove($certificate)
        $opened.Dispose()
    }

    It 'selects with <_>' -ForEach '-SpiffeId spiffe://example.org/web', '-Hint external',
        'spiffe://example.org/web -Hint external', '-Thumbprint $svid.Thumbprint.ToLower()' {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store
        $svid = Get-SpiffeX509Svid -Hint 'external'

        $found = Invoke-Expression -Command "Get-SpiffeInstalledSvid -StoreName $store $_"

        $found.Thumbprint | Should -BeExactly $svid.Thumbprint
    }

    It 'gives InstalledSvidNotFound for <_>, and the others all the same' -ForEach '-SpiffeId spiffe://example.org/web, spiffe://example.org/none',
        '-Hint external, none' {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store

        $found = Invoke-Expression -Command "Get-SpiffeInstalledSvid -StoreName $store $_ -ErrorVariable failures -ErrorAction SilentlyContinue"

        $found.Hint | Should -Be 'external'
        $failures | Should -HaveCount 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'InstalledSvidNotFound,*'
        $failures[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'refuses <_>' -ForEach '-Thumbprint 00', '-StoreName CA', '-SpiffeId web' {
        { Invoke-Expression -Command "Get-SpiffeInstalledSvid $_" } |
            Should -Throw -ExceptionType ([System.Management.Automation.ParameterBindingException])
    }
}

Describe 'Help of Get-SpiffeInstalledSvid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SvidTtlSec 10 -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Get-SpiffeInstalledSvid) {
        Invoke-StoreExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
