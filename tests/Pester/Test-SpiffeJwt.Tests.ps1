BeforeDiscovery {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
}

BeforeAll {
    $manifest = Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1"
    Import-Module -Name $manifest
    . "$PSScriptRoot/Examples.ps1"
}

Describe 'Test-SpiffeJwt' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SetEnvironment
        $svid = Get-SpiffeJwtSvid -Audience 'orders'
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    Context 'answers' {
        It 'is a bool' {
            Test-SpiffeJwt -Token $svid.Token -Audience 'orders' | Should -BeOfType ([bool])
        }

        It 'is true for the audience and false for another one' {
            Test-SpiffeJwt -Token $svid.Token -Audience 'orders' | Should -BeTrue
            Test-SpiffeJwt -Token $svid.Token -Audience 'billing' | Should -BeFalse
            Test-SpiffeJwt -Token $svid.Token -Audience 'Orders' | Should -BeFalse
        }

        It 'is the same for an SVID as argument, from the pipeline and from a file' {
            $path = Join-Path -Path $TestDrive -ChildPath 'jwt.xml'
            $svid | Export-Clixml -Path $path

            Test-SpiffeJwt $svid -Audience 'orders' | Should -BeTrue
            $svid | Test-SpiffeJwt -Audience 'orders' | Should -BeTrue
            Import-Clixml -Path $path | Test-SpiffeJwt -Audience 'orders' | Should -BeTrue
            Test-SpiffeJwt (Get-SpiffeJwtSvid -Audience 'orders' -AsSecureString) -Audience 'orders' | Should -BeTrue
        }

        It 'is an error for an object that has no token' {
            { Test-SpiffeJwt $svid.SpiffeId -Audience 'orders' } |
                Should -Throw -ErrorId 'ParameterArgumentTransformationError,Spiffe.Commands.TestSpiffeJwtCommand'
        }

        It 'is false, without an error, for <Case>' -ForEach @(
            @{ Case = 'text that is no token'; Change = { 'not a token' } }
            @{ Case = 'a changed signature'; Change = { $_.Substring(0, $_.Length - 6) + 'AAAAAA' } }
            @{ Case = 'no signature'; Change = { $_.Substring(0, $_.LastIndexOf('.') + 1) } }
        ) {
            $token = $svid.Token | ForEach-Object -Process $Change

            Test-SpiffeJwt -Token $token -Audience 'orders' -ErrorVariable failures | Should -BeFalse

            $failures | Should -BeNullOrEmpty
        }
    }

    Context 'binding' {
        It 'takes SVIDs from the pipeline by their property Token' {
            $svid, $svid | Test-SpiffeJwt -Audience 'orders' | Should -Be @($true, $true)
        }

        It 'takes tokens from the pipeline by value' {
            $svid.Token, 'not a token' | Test-SpiffeJwt -Audience 'orders' | Should -Be @($true, $false)
        }

        It 'takes a SecureString from the pipeline and as -Token' {
            $secure = Get-SpiffeJwtSvid -Audience 'orders' -AsSecureString

            $secure | Test-SpiffeJwt -Audience 'orders' | Should -BeTrue
            Test-SpiffeJwt -Token $secure -Audience 'orders' | Should -BeTrue
        }

        It 'takes token and audience by position' {
            Test-SpiffeJwt $svid.Token orders | Should -BeTrue
        }
    }

    Context 'details' {
        It 'has ID and claims of a valid token' {
            $result = $svid | Test-SpiffeJwt -Audience 'orders' -Detailed

            $result | Should -BeOfType ([Spiffe.JwtValidation])
            $result.Valid | Should -BeTrue
            $result.SpiffeId | Should -Be 'spiffe://example.org/web'
            $result.TrustDomain | Should -Be 'example.org'
            $result.Claims['sub'] | Should -BeExactly 'spiffe://example.org/web'
            $result.FailedCheck | Should -BeNullOrEmpty
            $result.ValidatedBy | Should -BeExactly 'Agent'
        }

        It 'has the reason for an invalid one' {
            $result = $svid | Test-SpiffeJwt -Audience 'billing' -Detailed

            $result.Valid | Should -BeFalse
            $result.SpiffeId | Should -BeNullOrEmpty
            $result.Claims.Count | Should -Be 0
            $result.FailedCheck | Should -Not -BeNullOrEmpty
            $result.Reason | Should -Not -BeNullOrEmpty
        }

        It 'says the reason with -Verbose, and never the token' {
            $words = $svid | Test-SpiffeJwt -Audience 'billing' -Verbose *>&1 | Out-String -Width 4000

            $words | Should -Match 'not valid'
            $words | Should -Not -Match 'eyJ'
        }

        It 'shows a list without the token' {
            $list = $svid | Test-SpiffeJwt -Audience 'orders' -Detailed | Out-String -Width 4000

            $list | Should -Match '(?m)^Valid +: True'
            $list | Should -Match '(?m)^SpiffeId +: spiffe://example\.org/web'
            $list | Should -Not -Match 'eyJ'
        }
    }

    Context 'without an agent' {
        BeforeAll {
            $bundle = Get-SpiffeBundle
            $endpoint = $env:SPIFFE_ENDPOINT_SOCKET
            $env:SPIFFE_ENDPOINT_SOCKET = 'unix:///nowhere/agent.sock'
        }

        AfterAll {
            $env:SPIFFE_ENDPOINT_SOCKET = $endpoint
        }

        It 'verifies with bundles' {
            $svid | Test-SpiffeJwt -Audience 'orders' -Bundle $bundle | Should -BeTrue
            $svid | Test-SpiffeJwt -Audience 'billing' -Bundle $bundle | Should -BeFalse
            $svid | Test-SpiffeJwt -Audience 'orders' -Bundle @() | Should -BeFalse
        }

        It 'verifies with a bundle map from a file' {
            $path = Join-Path -Path $TestDrive -ChildPath 'map.json'
            $other = [Spiffe.SpiffeBundle]::new([Spiffe.TrustDomain]::Parse('other.org'))
            @($bundle) + $other | Export-SpiffeBundle -Path $path -Format BundleMap
            $map = Import-SpiffeBundle -Path $path

            $map | Should -HaveCount 2
            $svid | Test-SpiffeJwt -Audience 'orders' -Bundle $map | Should -BeTrue
            $svid | Test-SpiffeJwt -Audience 'billing' -Bundle $map | Should -BeFalse
            $foreign = $map | Where-Object -FilterScript { "$($_.TrustDomain)" -eq 'other.org' }
            $svid | Test-SpiffeJwt -Audience 'orders' -Bundle $foreign | Should -BeFalse
        }

        It 'is false for a changed token, and names the clause' {
            $dot = $svid.Token.LastIndexOf('.') + 1
            $changed = $svid.Token.Substring(0, $dot) + 'AAAA' + $svid.Token.Substring($dot + 4)

            $result = Test-SpiffeJwt $changed 'orders' -Bundle $bundle -Detailed

            $result.Valid | Should -BeFalse
            $result.FailedCheck | Should -BeExactly 'JWT-SVID 4'
            ($result.Checks | Where-Object -Property Result -EQ -Value 'Failed').Check | Should -BeExactly 'Signature'
            $result.ValidatedBy | Should -BeExactly 'Bundle'
        }

        It 'is false for a token that is signed with the public key as a secret' {
            $rsa = [Security.Cryptography.RSA]::Create(2048)
            $authority = [Spiffe.JwtAuthority]::FromKey('k', $rsa)
            $own = [Spiffe.SpiffeBundle]::new([Spiffe.TrustDomain]::Parse('example.org'), $null, [Spiffe.JwtAuthority[]]@($authority))
            $encode = { [Convert]::ToBase64String($args[0]).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
            $text = '{"alg":"HS256","kid":"k"}', '{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000}' |
                ForEach-Object -Process { & $encode ([Text.Encoding]::UTF8.GetBytes($_)) } | Join-String -Separator '.'
            $secret = [Text.Encoding]::ASCII.GetBytes($rsa.ExportSubjectPublicKeyInfoPem())
            $mac = [Security.Cryptography.HMACSHA256]::HashData($secret, [Text.Encoding]::ASCII.GetBytes($text))

            $result = Test-SpiffeJwt "$text.$(& $encode $mac)" 'orders' -Bundle $own -Detailed

            $result.Valid | Should -BeFalse
            $result.FailedCheck | Should -BeExactly 'JWT-SVID 2.1'
        }

        It 'refuses a clock skew of more than two minutes' {
            { Test-SpiffeJwt $svid.Token 'orders' -Bundle $bundle -ClockSkewSec 121 } |
                Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        }
    }

    Context 'errors' {
        It 'gives EndpointNotFound where there is no socket, and not the token' {
            $failure = { $svid | Test-SpiffeJwt -Audience 'orders' -Endpoint '/nowhere/agent.sock' } |
                Should -Throw -ErrorId 'EndpointNotFound,Spiffe.Commands.TestSpiffeJwtCommand' -PassThru

            $failure | Format-List -Force | Out-String -Width 4000 | Should -Not -Match 'eyJ'
        }

        It 'refuses <_>' -ForEach '-Token "" -Audience orders', '-Token x -Audience ""' {
            { Invoke-Expression -Command "Test-SpiffeJwt $_" } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        }
    }
}

Describe 'Help of Test-SpiffeJwt' {
    BeforeAll {
        $null = Start-SpiffeDevAgent -SetEnvironment
    }

    AfterAll {
        Stop-SpiffeDevAgent
    }

    It 'runs <Title>' -ForEach (Get-HelpExample -Name Test-SpiffeJwt) {
        Invoke-HelpExample -Code $Code -Folder $TestDrive | Should -Not -BeNullOrEmpty
    }
}
