<#
.SYNOPSIS
    Installs the module's package from a folder, uses it as its users do, and uninstalls it.
.DESCRIPTION
    For machines that are thrown away afterwards: it changes the modules and repositories of the account that runs it. On
    Windows and macOS only what needs no agent is used, because the development agent was never tried there.
.EXAMPLE
    ./.github/Test-Package.ps1 -Feed ./artifacts/package/release
#>
[CmdletBinding()]
param(
    # The folder with the package.
    [Parameter(Mandatory = $true)]
    [string] $Feed
)

$ErrorActionPreference = 'Stop'

function Assert-True ([bool] $Condition, [string] $What) {
    if (-not $Condition) {
        throw "Not so: $What"
    }

    Write-Information -InformationAction Continue -MessageData "ok: $What"
}

Register-PSResourceRepository -Name Feed -Uri (Resolve-Path -LiteralPath $Feed).Path -Trusted
try {
    Install-PSResource -Name Spiffe -Prerelease -Repository Feed -Scope CurrentUser

    Assert-True -Condition ((ConvertTo-SpiffeId 'spiffe://example.org/web').Path -eq '/web') -What 'a cmdlet loads the module'
    Assert-True -Condition ((Get-Help -Name Get-SpiffeX509Svid -Examples).examples.example.Count -gt 0) -What 'the help has examples'
    Assert-True -Condition (Test-SpiffeId 'spiffe://example.org/web') -What 'a SPIFFE ID is one'
    if ($IsLinux) {
        $agent = Start-SpiffeDevAgent
        $svid = Get-SpiffeX509Svid -Endpoint $agent.Endpoint
        Assert-True -Condition ($svid | Test-SpiffeX509Svid -Bundle $svid.Bundle) -What 'an SVID of a development agent is valid'
        Stop-SpiffeDevAgent
    }
    else {
        try {
            Get-SpiffeX509Svid -Endpoint unix:///nowhere/agent.sock
        }
        catch {
            $failure = $_.FullyQualifiedErrorId
        }

        Assert-True -Condition ($failure -like 'EndpointNotFound,*') -What 'the client loads, and says that no agent is there'
    }
}
finally {
    Unregister-PSResourceRepository -Name Feed
}

# A new process: on Windows this one has the files open.
dotnet tool run pwsh -- -NoProfile -Command "Uninstall-PSResource -Name Spiffe -Version '*' -Prerelease -ErrorAction Stop"
Assert-True -Condition ($LASTEXITCODE -eq 0 -and -not (Get-Module -Name Spiffe -ListAvailable)) -What 'it is uninstalled'
