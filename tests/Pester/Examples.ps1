# Runs the examples of a cmdlet's help as a reader would: the text that Get-Help shows, pasted at the prompt.

function Get-HelpExample ([string] $Name) {
    foreach ($example in (Get-Help -Name $Name -Full).examples.example) {
        @{ Title = $example.title.Trim('-', ' '); Code = $example.code }
    }
}

# Paths of the system in an example lead into the folder instead.
function Convert-SystemPath ([string] $Code, [string] $Folder) {
    $Code -replace '/etc/nginx/svid|/etc/spiffe|/run/app', $Folder -replace '\(\[System\.IO\.Path\]::GetTempPath\(\)\)', "'$Folder'"
}

function Invoke-HelpExample ([string] $Code, [string] $Folder) {
    $ErrorActionPreference = 'Stop'
    Push-Location -Path $Folder
    try {
        & ([scriptblock]::Create($Code)) *>&1
    }
    finally {
        Pop-Location
    }
}
