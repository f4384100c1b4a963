<#
.SYNOPSIS
    Makes the about_ topics that have their source in docs: about_Spiffe_Errors and about_Spiffe_Rotation.
.DESCRIPTION
    Get-Help shows a topic as it is, so the Markdown becomes plain text, 80 columns wide: headings in capitals, code
    indented, and each row of a table as its first column with the others below it. It needs no module, not even
    PowerShell's own.
#>
[CmdletBinding()]
param(
    # The absolute path of the folder to write to.
    [string] $Destination = [System.IO.Path]::Combine($PSScriptRoot, '../en-US')
)

$ErrorActionPreference = 'Stop'

$topics = [ordered] @{
    about_Spiffe_Errors   = 'errors.md'
    about_Spiffe_Rotation = 'rotation.md'
}

function Format-Paragraph ([string] $Text, [string] $Indent, [string] $First = $Indent) {
    $plain = $Text -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`', '' -replace '\*\*', '' -replace '\\\|', '|'
    $line = $First
    foreach ($word in -split $plain) {
        if ($line.Trim() -and $line.Length + 1 + $word.Length -gt 80) {
            $line
            $line = $Indent
        }

        $line += ($line.Trim() -and $line[-1] -ne ' ') ? " $word" : $word
    }

    $line
}

# The first column alone, each other one below it; from the third on with its heading, which says what it is.
function Format-Row ([string[]] $Heading, [string[]] $Cell) {
    $Cell[0].Replace('`', '').Insert(0, '    ')
    for ($column = 1; $column -lt $Cell.Count; $column++) {
        $text = $column -gt 2 ? "$($Heading[$column]): $($Cell[$column])" : $Cell[$column]
        Format-Paragraph -Text $text -Indent '        '
    }
}

function Format-Block ([string] $Block) {
    switch -Regex ($Block) {
        '^# ' {
            break
        }
        '^#+ (.*)' {
            $Matches[1].ToUpperInvariant()
            break
        }
        '^```' {
            $Block -split '\n' | Where-Object { $_ -notmatch '^```' } | ForEach-Object { $_ ? "        $_" : '' }
            break
        }
        '^\|' {
            $rows = @(
                foreach ($row in $Block -split '\n') {
                    , ($row.Trim('|', ' ') -split '(?<!\\)\|').Trim()
                }
            )
            for ($row = 2; $row -lt $rows.Count; $row++) {
                Format-Row -Heading $rows[0] -Cell $rows[$row]
                if ($row -lt $rows.Count - 1) {
                    ''
                }
            }

            break
        }
        '^- ' {
            foreach ($item in $Block -split '\n(?=- )') {
                Format-Paragraph -Text $item.Substring(2) -Indent '      ' -First '    - '
            }

            break
        }
        default {
            Format-Paragraph -Text $Block -Indent '    '
        }
    }
}

function ConvertTo-Topic ([string] $Name, [string] $Markdown) {
    $title = ($Markdown -split '\n')[0].TrimStart('#', ' ')
    'TOPIC'
    "    $Name"
    ''
    'SHORT DESCRIPTION'
    "    $title in the module Spiffe."
    ''
    'LONG DESCRIPTION'
    # An empty line may be part of a block of code, and nowhere else of a block.
    foreach ($block in [regex]::Matches($Markdown, '(?ms)^```.*?^```$|^\S.*?(?=\n\n|\n*\z)').Value) {
        $lines = @(Format-Block -Block $block)
        if ($lines) {
            $lines
            if ($block -notmatch '^#') {
                ''
            }
        }
    }

    'SEE ALSO'
    '    about_Spiffe'
}

foreach ($topic in $topics.GetEnumerator()) {
    $markdown = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($PSScriptRoot, $topic.Value)).Replace("`r`n", "`n")
    $text = (ConvertTo-Topic -Name $topic.Key -Markdown $markdown) -join "`n"
    [System.IO.File]::WriteAllText([System.IO.Path]::Combine($Destination, "$($topic.Key).help.txt"), $text + "`n")
}
