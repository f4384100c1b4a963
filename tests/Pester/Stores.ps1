# Certificate stores of a test's own. Where .NET keeps stores as folders, they are gone after the tests.

$storesFolder = "$HOME/.dotnet/corefx/cryptography/x509stores"

function New-StoreName {
    "spiffe-pester-$([guid]::NewGuid().ToString('N'))"
}

function Get-StoreFile ([string] $StoreName) {
    Get-ChildItem -Path "$storesFolder/$StoreName" -Filter '*.pfx' -ErrorAction Ignore
}

function Remove-Store ([string] $StoreName) {
    Get-SpiffeInstalledSvid -StoreName $StoreName | Uninstall-SpiffeX509Svid
    Remove-Item -Path "$storesFolder/$StoreName" -Recurse -Force -ErrorAction Ignore
}

# The examples of the help use the store My: each runs in a process that has a home of its own.
function Invoke-StoreExample ([string] $Code, [string] $Folder) {
    $ownHome = New-Item -Path (Join-Path -Path $Folder -ChildPath ([guid]::NewGuid())) -ItemType Directory
    $script = Join-Path -Path $ownHome -ChildPath 'example.ps1'
    Set-Content -Path $script -Value @(
        '$ErrorActionPreference = ''Stop'''
        "Import-Module -Name '$(Resolve-Path -Path "$PSScriptRoot/../../Spiffe.psd1")'"
        $Code
    )
    $before = $env:HOME
    try {
        $env:HOME = $ownHome
        $output = pwsh -NoProfile -NonInteractive -File $script 2>&1
    }
    finally {
        $env:HOME = $before
    }

    if ($LASTEXITCODE -ne 0) {
        throw "The example ended with ${LASTEXITCODE}: $output"
    }

    $output
}
