<#
.SYNOPSIS
    Makes the help in en-US from docs: the cmdlets' pages and the topics.
.DESCRIPTION
    The Markdown is the source. PlatyPS writes the syntax and the parameters' data into it, as the built module has
    them, and does not touch the text. This script then reshapes its output so that Get-Help shows it well: separate
    paragraphs, code as code, default values. Running it twice changes nothing.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'

$root = Split-Path -Path $PSScriptRoot -Parent
$source = Join-Path -Path $PSScriptRoot -ChildPath 'cmdlets'
$namespaces = @{
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
}

function Write-TextFile ([string] $Path, [string] $Text) {
    $text = $Text.Replace("`r`n", "`n").TrimEnd() + "`n"
    if (-not (Test-Path -Path $Path) -or [System.IO.File]::ReadAllText($Path) -cne $text) {
        [System.IO.File]::WriteAllText($Path, $text)
        Write-Information -InformationAction Continue -MessageData "Changed: $([System.IO.Path]::GetRelativePath($root, $Path))"
    }
}

# Git knows the date; the rest is text that PlatyPS adds to every page.
function Select-OwnText ([string] $Markdown) {
    $Markdown -replace '(?m)^ms\.date:.*\n', '' `
        -replace '(?s)(\n## ALIASES\n\n).*?(## DESCRIPTION)', '$1$2' `
        -replace '(?m)^Prompts you for confirmation before running the cmdlet\.\n', '' `
        -replace '(?m)^Runs the command in a mode that only reports what would happen without performing .*\n', '' `
        -replace '(?m)^### System\.Object\n\n\{\{.*\}\}\n+', ''
}

# PlatyPS adds the common parameters to the first syntax only.
$addCommonParameters = {
    param($Syntax)
    $Syntax.Value.Contains('<CommonParameters>') ? $Syntax.Value : "$($Syntax.Value)`n [<CommonParameters>]"
}

# Markdown as plain text: wrapped lines joined, each item of a list a paragraph, no backticks, links as their text.
function ConvertTo-Paragraph ([string] $Markdown) {
    $plain = $Markdown -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`', ''
    $plain -split '\n\s*\n|\n(?=- )' |
        ForEach-Object { ($_ -replace '\s*\n\s*', ' ').Trim() } |
        Where-Object { $_ }
}

function Select-Node ([System.Xml.XmlNode] $Node, [string] $XPath) {
    Select-Xml -Xml $Node -XPath $XPath -Namespace $namespaces | ForEach-Object -MemberName Node
}

function Add-Element ([System.Xml.XmlNode] $Parent, [string] $Name, [string] $Text) {
    $element = $Parent.OwnerDocument.CreateElement($Name, $namespaces[$Name.Split(':')[0]])
    $element.InnerText = $Text
    $null = $Parent.AppendChild($element)
}

function Write-Paragraph ([System.Xml.XmlNode] $Node, [string] $Markdown) {
    $Node.InnerXml = ''
    foreach ($paragraph in ConvertTo-Paragraph -Markdown $Markdown) {
        Add-Element -Parent $Node -Name 'maml:para' -Text $paragraph
    }
}

# PlatyPS leaves a whole example, fences included, in its introduction.
function Format-Example ([System.Xml.XmlNode] $Example) {
    $introduction = Select-Node -Node $Example -XPath 'maml:introduction'
    $text = (Select-Node -Node $introduction -XPath 'maml:para').InnerText.Where({ $_ -ne [char] 0x80 }) -join "`n`n"
    $fence = [regex] '(?s)```powershell\n(.*?)\n```'
    (Select-Node -Node $Example -XPath 'dev:code').InnerText = $fence.Match($text).Groups[1].Value
    $remarks = Select-Node -Node $Example -XPath 'dev:remarks'
    Write-Paragraph -Node $remarks -Markdown $fence.Replace($text, '')
    # An empty one keeps the title of the next example apart.
    Add-Element -Parent $remarks -Name 'maml:para' -Text ''
    $introduction.InnerXml = ''
}

function Format-Parameter ([System.Xml.XmlNode] $Command, $Help) {
    foreach ($parameter in Select-Node -Node $Command -XPath 'command:parameters/command:parameter') {
        $name = (Select-Node -Node $parameter -XPath 'maml:name').InnerText
        $twin = "command:syntax/command:syntaxItem/command:parameter[maml:name='$name']/command:parameterValue"
        $value = Select-Node -Node $parameter -XPath 'command:parameterValue'
        if ($value) {
            $value.InnerText = @(Select-Node -Node $Command -XPath $twin)[0].InnerText
        }

        $default = $Help.Parameters.Where({ $_.Name -eq $name }).DefaultValue
        if ($default) {
            Add-Element -Parent $parameter -Name 'dev:defaultValue' -Text "$default"
        }
    }
}

function Format-Command ([System.Xml.XmlNode] $Command, $Help) {
    $texts = Select-Node -Node $Command -XPath './/maml:description[maml:para] | maml:alertSet/maml:alert'
    foreach ($text in $texts) {
        Write-Paragraph -Node $text -Markdown ((Select-Node -Node $text -XPath 'maml:para').InnerText -join "`n`n")
    }

    Format-Parameter -Command $Command -Help $Help
    foreach ($example in Select-Node -Node $Command -XPath 'command:examples/command:example') {
        Format-Example -Example $example
    }

    # Related links name files in docs/cmdlets; there is no page on the web yet.
    foreach ($link in Select-Node -Node $Command -XPath 'command:relatedLinks/maml:navigationLink') {
        (Select-Node -Node $link -XPath 'maml:uri').InnerText = ''
        if ($link.InnerText -eq 'Online Version') {
            $null = $link.ParentNode.RemoveChild($link)
        }
    }
}

& (Join-Path -Path $PSScriptRoot -ChildPath 'Build-Topics.ps1')

if (-not (Get-Module -Name Microsoft.PowerShell.PlatyPS -ListAvailable)) {
    throw 'The help is built with PlatyPS. Install it: Install-PSResource -Name Microsoft.PowerShell.PlatyPS'
}

if (-not (Test-Path -Path (Join-Path -Path $root -ChildPath 'bin/Spiffe.PowerShell.dll'))) {
    throw 'Help describes the built module. Build it first: ./build.ps1 Build'
}

Import-Module -Name Microsoft.PowerShell.PlatyPS
$work = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "spiffe-help-$([guid]::NewGuid())"
$module = Join-Path -Path $work -ChildPath 'module'
$null = New-Item -Path $module -ItemType Directory
try {
    # Without en-US: PlatyPS would merge the existing help into the new one.
    Copy-Item -Path (Join-Path -Path $root -ChildPath 'Spiffe.psd1') -Destination $module
    Copy-Item -Path (Join-Path -Path $root -ChildPath 'bin') -Destination $module -Recurse
    Import-Module -Name (Join-Path -Path $module -ChildPath 'Spiffe.psd1')
    $commands = (Get-Command -Module Spiffe).Name
    $documented = (Get-ChildItem -Path $source -Filter '*.md').BaseName
    $difference = Compare-Object -ReferenceObject $commands -DifferenceObject $documented
    if ($difference) {
        throw "Cmdlets and pages of docs/cmdlets differ: $($difference.InputObject -join ', ')"
    }

    Copy-Item -Path (Join-Path -Path $source -ChildPath '*.md') -Destination $work
    foreach ($file in Get-ChildItem -Path $work -Filter '*.md') {
        $null = Update-MarkdownCommandHelp -Path $file.FullName -NoBackup
        $text = [System.IO.File]::ReadAllText($file.FullName).Replace("`r`n", "`n")
        $text = Select-OwnText -Markdown $text
        $text = [regex]::Replace($text, "(?<=\n``````\n)$($file.BaseName) [^``]+(?=\n``````\n)", $addCommonParameters)
        Write-TextFile -Path (Join-Path -Path $source -ChildPath $file.Name) -Text $text
    }

    $pages = @(
        Get-ChildItem -Path $source -Filter '*.md' | ForEach-Object { Import-MarkdownCommandHelp -Path $_.FullName }
    )
    $exported = $pages | Export-MamlCommandHelp -OutputFolder $work -Force
    $maml = [xml] [System.IO.File]::ReadAllText($exported.FullName)
    foreach ($command in Select-Node -Node $maml -XPath '//command:command') {
        $name = (Select-Node -Node $command -XPath 'command:details/command:name').InnerText
        Format-Command -Command $command -Help $pages.Where({ $_.Title -eq $name })[0]
    }

    $writer = [System.IO.StringWriter]::new()
    $maml.Save($writer)
    $target = Join-Path -Path $root -ChildPath 'en-US/Spiffe.PowerShell.dll-Help.xml'
    Write-TextFile -Path $target -Text ($writer.ToString() -replace 'encoding="utf-16"', 'encoding="utf-8"')
}
finally {
    Remove-Item -Path $work -Recurse
}
