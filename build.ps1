#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests, documents, packs, installs or cleans the module.
.DESCRIPTION
    A shorthand for dotnet commands, which work without it. Only Help needs PowerShell, with the module
    Microsoft.PowerShell.PlatyPS. The exit code is that of the first command that fails.
.EXAMPLE
    ./build.ps1
    Builds all projects, after which Import-Module ./Spiffe.psd1 works.
.EXAMPLE
    ./build.ps1 Test
    Runs all tests, the Pester files among them.
.EXAMPLE
    ./build.ps1 Help
    Makes the help in en-US from docs, for the module as it is built now.
.EXAMPLE
    ./build.ps1 Pack
    Makes the package for a feed, artifacts/package/release/Spiffe.<version>.nupkg.
.EXAMPLE
    ./build.ps1 Pack -Platform linux-x64
    Makes a package of the same name that is compiled completely, and works on that platform only.
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
    [string] $Configuration = 'Debug',

    # What to Pack for; all of them where none is named.
    [ValidateSet('linux-x64', 'linux-arm64', 'win-x64', 'win-arm64', 'osx-x64', 'osx-arm64')]
    [string] $Platform
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

function Invoke-Native ([string] $Program, [string[]] $Arguments) {
    Write-Information -MessageData "> $Program $Arguments" -InformationAction Continue
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
            # In a new process: this session may have imported an older build of the module.
            Invoke-Native -Program pwsh -Arguments '-NoProfile', '-File', 'docs/Build-Help.ps1'
        }
        'Pack' {
            $property = @(if ($Platform) { "-p:PackedPlatforms=$Platform" })
            Invoke-Native -Program dotnet -Arguments (@('pack') + $property)
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
