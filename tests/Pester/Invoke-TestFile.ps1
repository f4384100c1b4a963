# Runs Pester files one after the other, and writes what became of each test beside the others' results as JSON.
# Processes with the same results folder share the work: each takes the next file that no other one has taken.
param([string] $ResultsFolder, [string] $List)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module -Name Pester

function Select-Result ($Item, [string] $Result) {
    @{
        Name    = $Item.ExpandedPath ?? "$($Item.Item)"
        Result  = $Result
        Failure = ($Item.ErrorRecord | ForEach-Object { "$($_.DisplayErrorMessage)`n$($_.DisplayStackTrace)" }) -join "`n`n"
    }
}

foreach ($file in Get-Content -Path $List) {
    $results = Join-Path -Path $ResultsFolder -ChildPath "$(Split-Path -Path $file -Leaf).json"
    try {
        [IO.File]::Open("$results.taken", [IO.FileMode]::CreateNew).Dispose()
    }
    catch [IO.IOException] {
        continue
    }

    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $file
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'None'
    $run = Invoke-Pester -Configuration $configuration

    # What a file leaves behind is not the next one's concern.
    Get-SpiffeDevAgent | Stop-SpiffeDevAgent
    $env:SPIFFE_ENDPOINT_SOCKET = $null

    $found = @(
        foreach ($test in $run.Tests) { Select-Result -Item $test -Result $test.Result }
        foreach ($broken in @($run.FailedContainers) + @($run.FailedBlocks)) { Select-Result -Item $broken -Result 'Failed' }
    )
    ConvertTo-Json -InputObject $found | Set-Content -Path "$results.part"
    Move-Item -Path "$results.part" -Destination $results
}
