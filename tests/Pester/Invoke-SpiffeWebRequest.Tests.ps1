BeforeDiscovery {
    $hasOpenssl = [bool] (Get-Command -Name openssl -ErrorAction Ignore)
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Examples.ps1"
    . "$PSScriptRoot/Tls.ps1"
}

BeforeAll {
    Import-Module -Name (Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1")
    . "$PSScriptRoot/Examples.ps1"
    . "$PSScriptRoot/Tls.ps1"
}

Describe 'Invoke-SpiffeWebRequest' -Skip:(-not $hasOpenssl) {
    BeforeAll {
        $variable = $env:SPIFFE_ENDPOINT_SOCKET
        Start-TlsAgent
        $server = Start-TlsServer -Folder (Join-Path -Path $TestDrive -ChildPath 'web')
    }

    AfterAll {
        Stop-Process -InputObject $server.Process
        Stop-SpiffeDevAgent
        $env:SPIFFE_ENDPOINT_SOCKET = $variable
    }

    It 'gives the object of Invoke-WebRequest' {
        $answer = Invoke-SpiffeWebRequest $server.Address -AllowSpiffeId spiffe://example.org/web

        $answer | Should -BeOfType Microsoft.PowerShell.Commands.WebResponseObject
        $answer.StatusCode | Should -Be 200
    }

    It 'writes the answer to a file' {
        Invoke-SpiffeWebRequest $server.Address -AllowAny -OutFile "$TestDrive/page.html" | Should -BeNullOrEmpty

        "$TestDrive/page.html" | Should -FileContentMatch 's_server'
    }

    It 'says over which connection it went' {
        $verbose = Invoke-SpiffeWebRequest $server.Address -AllowAny -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }

        "$verbose" | Should -Match 'connection'
    }

    It 'runs <Title>' -ForEach (Get-TlsExample -Name Invoke-SpiffeWebRequest) {
        Invoke-TlsExample -Code $Code -Folder $TestDrive -Address $server.Address | Out-String | Should -Not -BeLike '*error*'
    }
}
