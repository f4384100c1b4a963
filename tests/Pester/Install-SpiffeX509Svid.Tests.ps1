BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Stores.ps1"
}

Describe 'Install-SpiffeX509Svid' {
    BeforeAll {
        $entries = @(
            @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external'; TtlSec = 4 }
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

    Context 'once' {
        It 'installs what comes down the pipeline' {
            $installed = Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store -PassThru

            $installed | Should -BeOfType ([Spiffe.InstalledSvid])
            $installed.SpiffeId | Should -Be 'spiffe://example.org/web', 'spiffe://example.org/batch'
            $installed.Hint | Should -Be 'external', 'internal'
            $installed.Store | Should -Be "CurrentUser\$store", "CurrentUser\$store"
            $installed.IsCurrent | Should -Be $true, $true
            Get-StoreFile -StoreName $store | Should -HaveCount 2
        }

        It 'gives nothing without -PassThru' {
            Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store | Should -BeNullOrEmpty
        }

        It 'takes SVIDs as argument' {
            Install-SpiffeX509Svid -Svid (Get-SpiffeX509Svid) -StoreName $store -PassThru | Should -HaveCount 2
        }

        It 'puts a certificate with its key where .NET finds it' {
            $svid = Get-SpiffeX509Svid -Hint 'internal'
            $svid | Install-SpiffeX509Svid -StoreName $store

            $opened = [System.Security.Cryptography.X509Certificates.X509Store]::new($store, 'CurrentUser')
            $opened.Open('ReadOnly')
            $opened.Certificates.Thumbprint | Should -BeExactly $svid.Thumbprint
            $opened.Certificates[0].HasPrivateKey | Should -BeTrue
            $opened.Dispose()
        }

        It 'does not install the same one twice' {
            $svid = Get-SpiffeX509Svid -Hint 'internal'

            $first, $second = 1..2 | ForEach-Object {
                $svid | Install-SpiffeX509Svid -StoreName $store -PassThru -OnInstalled { $global:runs++ }
            }

            $second.InstalledAt | Should -Be $first.InstalledAt
            $global:runs | Should -Be 1
            Get-StoreFile -StoreName $store | Should -HaveCount 1
        }

        It 'says of a snapshot that it has no key' {
            $path = Join-Path -Path $TestDrive -ChildPath 'svid.xml'
            Get-SpiffeX509Svid -Default | Export-Clixml -Path $path

            { Import-Clixml -Path $path | Install-SpiffeX509Svid -StoreName $store -ErrorAction Stop } |
                Should -Throw -ExpectedMessage '*no private key*'
        }

        It 'says with -WhatIf that it would install and run the script' {
            $transcript = Join-Path -Path $TestDrive -ChildPath 'what-if.txt'
            $null = Start-Transcript -Path $transcript
            Get-SpiffeX509Svid -Default | Install-SpiffeX509Svid -StoreName $store -WhatIf -OnInstalled { throw 'it ran' }
            $null = Stop-Transcript

            $transcript | Should -FileContentMatch 'Install the certificate'
            $transcript | Should -FileContentMatch 'Run the script of -OnInstalled'
        }

        It 'does nothing with -WhatIf' {
            Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store -Prune -WhatIf -OnInstalled { throw 'it ran' }

            Get-StoreFile -StoreName $store | Should -BeNullOrEmpty
        }

        It 'shows a table of five columns' {
            $table = Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store -PassThru |
                Out-String -Stream -Width 160 | Where-Object { $_ }

            $table[0].Trim() -split '\s+' | Should -Be 'SpiffeId', 'Expires', 'Thumbprint'
        }
    }

    Context 'behind a watch' {
        It 'installs each renewal, runs the script, and then removes the one before' {
            $told = Watch-SpiffeSvid -SpiffeId 'spiffe://example.org/web' -Count 3 |
                Install-SpiffeX509Svid -StoreName $store -Prune -OnInstalled {
                    '{0} {1}' -f @(Get-SpiffeInstalledSvid -StoreName $store).Count, $_.Thumbprint
                }

            $told | ForEach-Object { $_.Split(' ')[0] } | Should -Be '1', '2', '2'
            Get-StoreFile -StoreName $store | Should -HaveCount 1
            (Get-SpiffeInstalledSvid -StoreName $store).Thumbprint | Should -BeExactly $told[2].Split(' ')[1]
        }

        It 'reports a failure of the script, prunes nothing, and goes on' {
            Watch-SpiffeSvid -SpiffeId 'spiffe://example.org/web' -Count 2 |
                Install-SpiffeX509Svid -StoreName $store -Prune -ErrorVariable failures -ErrorAction SilentlyContinue -OnInstalled {
                    Get-Item -Path '/nowhere/at/all'
                }

            $failures.Where({ $_.FullyQualifiedErrorId -like 'OnInstalledFailed,*' }) | Should -HaveCount 2
            Get-StoreFile -StoreName $store | Should -HaveCount 2
        }

        It 'counts a program that ends with an error as a failure' -Skip:$IsWindows {
            $svid = Get-SpiffeX509Svid -Hint 'internal'
            $failure = {
                $svid | Install-SpiffeX509Svid -StoreName $store -ErrorAction Stop -OnInstalled {
                    $PSNativeCommandUseErrorActionPreference = $true
                    sh -c 'echo words >&2; exit 3'
                }
            } | Should -Throw -ErrorId 'OnInstalledFailed,*' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'InvalidResult'
        }

        It 'does not take what a program writes to its standard error for a failure' -Skip:$IsWindows {
            Get-SpiffeX509Svid -Hint 'internal' | Install-SpiffeX509Svid -StoreName $store -WarningVariable words -WarningAction Ignore `
                -OnInstalled { sh -c 'echo words >&2'; 'done' } | Should -Be 'done'

            $words | Should -Be 'words'
        }
    }

    Context 'several processes' {
        It 'does no harm when they install and prune at once' {
            $jobs = foreach ($number in 1..2) {
                Start-Job -ScriptBlock {
                    Import-Module -Name $using:manifest
                    Watch-SpiffeSvid -SpiffeId 'spiffe://example.org/web' -Count 3 |
                        Install-SpiffeX509Svid -StoreName $using:store -Prune -OnInstalled { $_.Thumbprint }
                }
            }

            $told = $jobs | Receive-Job -Wait -AutoRemoveJob -ErrorAction Stop

            Get-StoreFile -StoreName $store | Should -HaveCount 1
            (Get-SpiffeInstalledSvid -StoreName $store).Thumbprint | Should -BeIn $told
        }
    }

    Context 'errors' {
        It 'gives NotSupportedHere for <_>' -Skip:$IsWindows -ForEach '-FriendlyName web', '-KeyReadAccess root',
            '-StoreLocation LocalMachine' {
            $failure = { Invoke-Expression -Command "Get-SpiffeX509Svid | Install-SpiffeX509Svid -StoreName $store $_" } |
                Should -Throw -ErrorId 'NotSupportedHere,*' -PassThru

            $failure.CategoryInfo.Category | Should -Be 'NotImplemented'
        }

        It 'refuses <_>' -ForEach '-StoreName Root', '-StoreName "a/b"', '-GracePeriod 300', '-GracePeriod "-0:01:00"', '-Svid $null' {
            { Invoke-Expression -Command "Install-SpiffeX509Svid -Svid (Get-SpiffeX509Svid) $_" } |
                Should -Throw -ExceptionType ([System.Management.Automation.ParameterBindingException])
        }
    }
}

Describe 'Help of Install-SpiffeX509Svid' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SvidTtlSec 10 -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Install-SpiffeX509Svid) {
        Invoke-StoreExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
