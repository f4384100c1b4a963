#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests, documents, packs, installs or cleans the module.
.DESCRIPTION
    A door for people with pwsh. Behind it are dotnet commands, which work without it; only Help needs PowerShell, with
    the module Microsoft.PowerShell.PlatyPS. Ends with the exit code of the first command that does not succeed.
.EXAMPLE
    ./build.ps1
    Builds all projects, after which Import-Module ./Spiffe.psd1 works.
.EXAMPLE
    ./build.ps1 Test
    Runs all tests, the Pester files among them.
.EXAMPLE
    ./build.ps1 Help
    Makes the help of the cmdlets in en-US from docs/cmdlets, for the module as it is built now.
.EXAMPLE
    ./build.ps1 Pack
    Makes the package for a feed, artifacts/package/release/Spiffe.<version>.nupkg.
.EXAMPLE
    ./build.ps1 Install
    Puts the module, compiled for this platform, into your own module folder, where every new PowerShell finds it.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Help', 'Pack', 'Install', 'Clean')]
    [string] $Task = 'Build',

    # Pack and Install always make a Release.
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

function Invoke-Native ([string] $Program, [string[]] $Arguments) {
    Write-Host "> $Program $Arguments"
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) {
        exit $LASTEXITCODE
    }
}

Push-Location -LiteralPath $PSScriptRoot
try {
    switch ($Task) {
        'Build' {
            Invoke-Native -Program dotnet -Arguments 'build', 'Spiffe.sln', '-c', $Configuration
        }
        'Test' {
            Invoke-Native -Program dotnet -Arguments 'test', '--solution', 'Spiffe.sln', '-c', $Configuration
        }
        'Help' {
            # A process of its own: the module that this session may have imported would be an older one.
            Invoke-Native -Program pwsh -Arguments '-NoProfile', '-File', 'docs/Build-Help.ps1'
        }
        'Pack' {
            Invoke-Native -Program dotnet -Arguments 'pack', 'src/Spiffe.Package'
        }
        'Install' {
            Invoke-Native -Program dotnet -Arguments 'build', 'src/Spiffe.Package', '-c', 'Release', '-t:Install'
        }
        'Clean' {
            Get-Item -Path bin, artifacts -ErrorAction Ignore | Remove-Item -Recurse -Force
        }
    }
}
finally {
    Pop-Location
}
