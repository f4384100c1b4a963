@{
    RootModule           = 'bin/Spiffe.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '3c0a9a52-5f0e-4b53-9c5d-0d7b3a6f9c41'
    Author               = 'Independent contributors (not the SPIFFE project)'
    CompanyName          = 'Independent contributors'
    Copyright            = 'Licensed under the Apache License, Version 2.0'
    Description          = 'SPIFFE identities in the shell: fetches, validates, exports and follows X509-SVIDs, JWT-SVIDs and bundles from the SPIFFE Workload API. Made independently of the SPIFFE project.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion    = '7.6'
    TypesToProcess       = @('bin/Spiffe.Types.ps1xml')
    FormatsToProcess     = @('bin/Spiffe.Format.ps1xml')
    CmdletsToExport      = @(
        'ConvertFrom-SpiffeJwt',
        'ConvertTo-SpiffeId',
        'Export-SpiffeBundle',
        'Export-SpiffeX509Svid',
        'Get-SpiffeBundle',
        'Get-SpiffeDevAgent',
        'Get-SpiffeFederatedBundle',
        'Get-SpiffeInstalledSvid',
        'Get-SpiffeJwtSvid',
        'Get-SpiffeTunnel',
        'Get-SpiffeX509Svid',
        'Import-SpiffeBundle',
        'Import-SpiffeX509Svid',
        'Install-SpiffeX509Svid',
        'Invoke-SpiffeHelper',
        'Invoke-SpiffeRestMethod',
        'Invoke-SpiffeWebRequest',
        'New-SpiffeHttpClient',
        'Register-SpiffeSvidEvent',
        'Start-SpiffeDevAgent',
        'Start-SpiffeTunnel',
        'Stop-SpiffeDevAgent',
        'Stop-SpiffeTunnel',
        'Test-SpiffeBundleEndpoint',
        'Test-SpiffeHelperConfig',
        'Test-SpiffeId',
        'Test-SpiffeJwt',
        'Test-SpiffeTlsConnection',
        'Test-SpiffeWorkloadApi',
        'Test-SpiffeX509Svid',
        'Uninstall-SpiffeX509Svid',
        'Update-SpiffeDevAgent',
        'Wait-SpiffeSvid',
        'Watch-SpiffeBundle',
        'Watch-SpiffeFederatedBundle',
        'Watch-SpiffeSvid'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('SPIFFE', 'SPIRE', 'SVID', 'Certificate', 'JWT', 'WorkloadAPI', 'Identity', 'PSEdition_Core', 'Linux')
            LicenseUri   = 'https://www.apache.org/licenses/LICENSE-2.0'
            Prerelease   = 'preview'
            ReleaseNotes = 'The first preview. Tried on Linux only. CHANGELOG.md in the folder of the module lists what it does.'
        }
    }
}
