# Shows Demo.ps1 paragraph by paragraph: the text as if it had been typed, then its output.
$ErrorActionPreference = 'Stop'
foreach ($paragraph in (Get-Content -Path "$PSScriptRoot/Demo.ps1" -Raw).TrimEnd() -split '\r?\n\r?\n') {
    "`n" + ($paragraph -replace '(?m)^(?=[^#\s)])', 'PS> ')
    . ([scriptblock]::Create($paragraph)) | Out-Default
}

$ErrorActionPreference = 'Continue'
