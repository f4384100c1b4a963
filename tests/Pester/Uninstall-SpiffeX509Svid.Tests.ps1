BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Stores.ps1"
}

Describe 'Uninstall-SpiffeX509Svid' {
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

    It 'removes what <_> gives, each with its key' -ForEach 'Get-SpiffeInstalledSvid -StoreName $store',
        'Get-SpiffeX509Svid', 'Get-SpiffeX509Svid -AsCertificate' {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store

        Invoke-Expression -Command "$_ | Uninstall-SpiffeX509Svid -StoreName $store"

        Get-StoreFile -StoreName $store | Should -BeNullOrEmpty
        Get-SpiffeInstalledSvid -StoreName $store | Should -BeNullOrEmpty
    }

    It 'removes what a job found' {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store

        Start-Job -ScriptBlock {
            Import-Module -Name $using:manifest
            Get-SpiffeInstalledSvid -StoreName $using:store
        } | Receive-Job -Wait -AutoRemoveJob | Uninstall-SpiffeX509Svid

        Get-StoreFile -StoreName $store | Should -BeNullOrEmpty
    }

    It 'removes an identity, and gives it with -PassThru' {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store

        $removed = Uninstall-SpiffeX509Svid -SpiffeId 'spiffe://example.org/web' -StoreName $store -PassThru

        $removed.SpiffeId | Should -Be 'spiffe://example.org/web'
        (Get-SpiffeInstalledSvid -StoreName $store).SpiffeId | Should -Be 'spiffe://example.org/batch'
    }

    It 'removes nothing with -WhatIf' {
        Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store

        Get-SpiffeInstalledSvid -StoreName $store | Uninstall-SpiffeX509Svid -WhatIf

        Get-StoreFile -StoreName $store | Should -HaveCount 2
    }

    It 'does not remove what another program installed' {
        $certificate = Get-SpiffeX509Svid -Hint 'external' -AsCertificate
        $opened = [System.Security.Cryptography.X509Certificates.X509Store]::new($store, 'CurrentUser')
        $opened.Open('ReadWrite')
        $opened.Add($certificate)

        $failure = { $certificate | Uninstall-SpiffeX509Svid -StoreName $store -ErrorAction Stop } |
            Should -Throw -ErrorId 'InstalledSvidNotFound,*' -PassThru

        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        Get-StoreFile -StoreName $store | Should -HaveCount 1
        $opened.Remove($certificate)
        $opened.Dispose()
    }

    It 'refuses <_>' -ForEach '-Thumbprint *', '-StoreName Disallowed -Thumbprint 0000000000000000000000000000000000000000' {
        { Invoke-Expression -Command "Uninstall-SpiffeX509Svid $_" } |
            Should -Throw -ExceptionType ([System.Management.Automation.ParameterBindingException])
    }
}

Describe 'Help of Uninstall-SpiffeX509Svid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SvidTtlSec 10 -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Uninstall-SpiffeX509Svid) {
        Invoke-StoreExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
