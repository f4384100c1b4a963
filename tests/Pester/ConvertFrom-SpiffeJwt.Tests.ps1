BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'ConvertFrom-SpiffeJwt' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SetEnvironment
        $svid = Get-SpiffeJwtSvid -Audience 'orders'
        Stop-SpiffeDevAgent
    }

    It 'decodes SVIDs, strings and SecureStrings with no agent anywhere' {
        $secure = ConvertTo-SecureString -String $svid.Token -AsPlainText -Force

        $svid, $svid.Token, $secure | ConvertFrom-SpiffeJwt | ForEach-Object -Process {
            $_ | Should -BeOfType ([Spiffe.UnverifiedJwt])
            "$($_.SpiffeId)" | Should -BeExactly 'spiffe://example.org/web'
            $_.Audience | Should -Be @('orders')
            $_.Claims['sub'] | Should -BeExactly 'spiffe://example.org/web'
            $_.Header['alg'] | Should -BeExactly 'ES256'
            $_.ExpiresAt | Should -Be $svid.ExpiresAt
        }
    }

    It 'says plainly that nothing was verified' {
        $token = $svid | ConvertFrom-SpiffeJwt

        $token.Verified | Should -BeFalse
        "$token" | Should -Match 'unverified'
        $token | Out-String -Width 200 | Should -Match '(?m)^Note +: Not verified: anyone could have written this'
        $token | Out-String -Width 4000 | Should -Not -Match 'True'
    }

    It 'reports one error for each text that is not a token, without the text' {
        $tokens = 'eyJsecret', $svid.Token, 'a.b.c.d' | ConvertFrom-SpiffeJwt -ErrorVariable failures -ErrorAction SilentlyContinue

        $tokens | Should -HaveCount 1
        $failures | Should -HaveCount 2
        $failures[0].FullyQualifiedErrorId | Should -BeExactly 'TokenInvalid,Spiffe.Commands.ConvertFromSpiffeJwtCommand'
        $failures[0].CategoryInfo.Category | Should -Be 'InvalidData'
        $failures[0].Exception.Message | Should -Not -Match 'eyJ'
    }
}

Describe 'Help of ConvertFrom-SpiffeJwt' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name ConvertFrom-SpiffeJwt) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
