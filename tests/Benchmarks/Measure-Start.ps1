<#
.SYNOPSIS
    Measures whole processes, each once a round: a bare PowerShell, the import of the module and of the least one, the first SVID,
    and today's way to one.
.DESCRIPTION
    Prints medians, and the difference of each from bare PowerShell in the same rounds, also as the mean of its quickest third, which
    other load on the machine changes least; peak memory from one more run of each. The least module is a manifest that names the one
    cmdlet of its assembly, without types and views: what no module can go below.
    ./build.ps1 Pack leaves the module as it is packed in ./artifacts/module/Spiffe, ./build.ps1 Install as it is installed.
.EXAMPLE
    ./tests/Benchmarks/Measure-Start.ps1 -Module ., ./artifacts/module/Spiffe
.EXAMPLE
    ./tests/Benchmarks/Measure-Start.ps1 -Endpoint unix:///run/spire/agent.sock -SpireAgent /opt/spire/bin/spire-agent
#>
[CmdletBinding()]
param(
    # The folders of the modules to compare.
    [string[]] $Module = @("$PSScriptRoot/../.."),

    # The agent to ask; without one a development agent with two identities.
    [string] $Endpoint = $env:SPIFFE_ENDPOINT_SOCKET,

    # The program for today's way: PEM files from SPIRE's agent, loaded as a certificate with its key.
    [string] $SpireAgent,

    [ValidateRange(1, 1000)]
    [int] $Rounds = 21
)

$ErrorActionPreference = 'Stop'

function Get-Median ([double[]] $Values) {
    ($Values | Sort-Object)[[int][Math]::Floor($Values.Count / 2)]
}

function Get-Quickest ([double[]] $Values) {
    ($Values | Sort-Object | Select-Object -First ([int][Math]::Ceiling($Values.Count / 3)) | Measure-Object -Average).Average
}

function Measure-Process ([string] $Command) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $output = & $pwsh @library -NoProfile -NonInteractive -Command $Command 2>&1
    $elapsed = $watch.Elapsed.TotalMilliseconds
    if ($LASTEXITCODE -ne 0) {
        throw "$Command`n$output"
    }

    $elapsed, $output
}

$pwsh = [Environment]::ProcessPath
# PowerShell from NuGet is a library that dotnet runs.
$library = @(if ((Split-Path -Path $pwsh -LeafBase) -eq 'dotnet') { [Environment]::GetCommandLineArgs()[0] })
$agent = $null
$folder = (New-Item -Path ([IO.Path]::GetTempPath()) -Name "spiffe-start-$PID" -ItemType Directory).FullName
try {
    if (-not $Endpoint) {
        Import-Module -Name (Resolve-Path -Path "$($Module[0])/Spiffe.psd1")
        $agent = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/a' }, @{ SpiffeId = 'spiffe://example.org/b' }
        $Endpoint = $agent.Endpoint
    }

    Add-Type -OutputAssembly "$folder/Least.dll" -TypeDefinition @'
[System.Management.Automation.Cmdlet("Get", "Least")]
public class GetLeast : System.Management.Automation.PSCmdlet { }
'@
    Set-Content -Path "$folder/Least.psd1" -Value "@{ RootModule = 'Least.dll'; ModuleVersion = '1.0.0'; CmdletsToExport = 'Get-Least'; FunctionsToExport = @(); AliasesToExport = @() }"

    $commands = [ordered]@{ 'bare pwsh' = '$null'; 'import of the least module' = "Import-Module '$folder/Least.psd1'" }
    foreach ($path in $Module) {
        $manifest = (Resolve-Path -Path "$path/Spiffe.psd1").Path
        $commands["import of $path"] = "Import-Module '$manifest'"
        $commands["first SVID of $path"] = "Import-Module '$manifest'; `$null = Get-SpiffeX509Svid -Endpoint '$Endpoint' -ErrorAction Stop"
        $commands["first JWT-SVID of $path"] = "Import-Module '$manifest'; `$null = Get-SpiffeJwtSvid a -Endpoint '$Endpoint' -ErrorAction Stop"
    }

    if ($SpireAgent) {
        $socket = $Endpoint -replace '^unix:(//)?'
        $commands['spire-agent and PEM files'] =
        "`$null = & '$SpireAgent' api fetch x509 -socketPath '$socket' -write '$folder'; " +
        "`$null = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile('$folder/svid.0.pem', '$folder/svid.0.key')"
        $commands['spire-agent for a JWT-SVID'] = "`$null = & '$SpireAgent' api fetch jwt -socketPath '$socket' -audience a"
    }

    $times = [ordered]@{}
    foreach ($name in $commands.Keys) {
        $times[$name] = [Collections.Generic.List[double]]::new()
    }

    for ($round = 0; $round -le $Rounds; $round++) {
        Write-Progress -Activity 'Starting PowerShell' -Status "round $round of $Rounds" -PercentComplete (100 * $round / $Rounds)
        # Shuffled: what ran before has an effect, on the caches and by what it leaves to the system to clear up.
        foreach ($name in $commands.Keys | Get-Random -Shuffle) {
            $elapsed, $null = Measure-Process -Command $commands[$name]
            if ($round -gt 0) {
                $times[$name].Add($elapsed)
            }
        }
    }

    $bare = Get-Median -Values $times['bare pwsh']
    $quickestBare = Get-Quickest -Values $times['bare pwsh']
    $bareMemory = $null
    foreach ($name in $commands.Keys) {
        $memory = $null
        if ($IsLinux) {
            $null, $output = Measure-Process -Command "$($commands[$name]); [IO.File]::ReadAllLines('/proc/self/status') -match '^VmHWM'"
            $memory = [double] ("$output" -replace '\D') / 1024
            $bareMemory ??= $memory
        }

        $median = Get-Median -Values $times[$name]
        [pscustomobject]@{
            What = $name
            MedianMs = [Math]::Round($median, 1)
            OverBareMs = [Math]::Round($median - $bare, 1)
            QuickestOverBareMs = [Math]::Round((Get-Quickest -Values $times[$name]) - $quickestBare, 1)
            PeakMiB = if ($memory) { [Math]::Round($memory, 1) }
            OverBareMiB = if ($memory) { [Math]::Round($memory - $bareMemory, 1) }
        }
    }
}
finally {
    if ($agent) {
        $agent | Stop-SpiffeDevAgent
    }

    Remove-Item -LiteralPath $folder -Recurse
}
