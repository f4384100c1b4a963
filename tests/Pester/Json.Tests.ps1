# The shape that docs/json.md promises: names, their order, and no surprises for a program in another language.

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../Spiffe.psd1"
    . "$PSScriptRoot/Stores.ps1"
}

Describe 'JSON' {
    BeforeAll {
        $agent = Start-SpiffeDevAgent -SetEnvironment -Entry @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external' }
        $store = New-StoreName
        $svid = Get-SpiffeX509Svid
        $token = Get-SpiffeJwtSvid -Audience 'orders'
        $helper = Test-SpiffeHelperConfig -Detailed -Configuration @{
            cert_dir = "$TestDrive"; svid_file_name = 'a'; svid_key_file_name = 'b'; svid_bundle_file_name = 'c'; no_such_key = 1
        }
        $samples = @{
            X509Svid                  = $svid
            JwtSvid                   = $token
            JwtValidation             = $token | Test-SpiffeJwt -Audience 'orders' -Bundle (Get-SpiffeBundle) -Detailed
            UnverifiedJwt             = $token | ConvertFrom-SpiffeJwt
            SpiffeBundle              = Get-SpiffeBundle
            SvidUpdate                = Watch-SpiffeSvid -Count 1
            BundleUpdate              = Watch-SpiffeBundle -Count 1
            InstalledSvid             = $svid | Install-SpiffeX509Svid -StoreName $store -PassThru
            DevAgent                  = $agent
            DiagnosisStep             = Test-SpiffeWorkloadApi -Detailed | Select-Object -First 1
            VerificationCheck         = $svid | Test-SpiffeX509Svid -Detailed | Select-Object -First 1
            SpiffeId                  = ConvertTo-SpiffeId 'spiffe://example.org/web'
            HelperEvent               = Invoke-SpiffeHelper -Path $TestDrive -OneShot
            HelperConfiguration       = (Test-SpiffeHelperConfig -Detailed -Configuration @{
                    cert_dir = "$TestDrive"; jwt_svids = @(@{ jwt_audience = 'a'; jwt_svid_file_name = 't.jwt' }) }).Configuration
            HelperConfigurationReport = $helper
            Tunnel                    = Start-SpiffeTunnel Client 127.0.0.1:0 localhost:1 -AllowAny
        }
    }

    AfterAll {
        Remove-Store -StoreName $store
        Stop-SpiffeTunnel
        Stop-SpiffeDevAgent
    }

    It 'has lists that can be indexed, in every type' {
        # PowerShell answers [0] of a list without a public indexer with the list itself.
        $all = @($samples.Values) + $samples.SvidUpdate.Svids + $samples.BundleUpdate.Bundles + $samples.HelperConfiguration.JwtSvids
        foreach ($property in $all.ForEach({ $_.PSObject.Properties })) {
            if ($property.Value -is [System.Collections.IEnumerable] -and $property.Value -isnot [string]) {
                $type = $property.Value.GetType()

                $type.IsArray -or $type.GetProperty('Item') | Should -BeTrue -Because "$($property.Name) is a $type"
            }
        }

        $samples.SvidUpdate.Svids[0] | Should -BeOfType ([Spiffe.X509Svid])
    }

    It 'has the documented members of <Type>' -ForEach @(
        @{ Type = 'X509Svid'; Names = 'SpiffeId TrustDomain Hint IsDefault NotBefore NotAfter Thumbprint SerialNumber KeyAlgorithm Certificate Chain Bundle FederatedBundles' }
        @{ Type = 'JwtSvid'; Names = 'SpiffeId TrustDomain Hint IsDefault Audience IssuedAt ExpiresAt Claims' }
        @{ Type = 'JwtValidation'; Names = 'Valid SpiffeId TrustDomain Claims FailedCheck Reason ValidatedBy Checks' }
        @{ Type = 'UnverifiedJwt'; Names = 'Verified SpiffeId Audience IssuedAt NotBefore ExpiresAt Algorithm KeyId Header Claims' }
        @{ Type = 'SpiffeBundle'; Names = 'TrustDomain SequenceNumber RefreshHintSec X509Authorities JwtAuthorities' }
        @{ Type = 'SvidUpdate'; Names = 'SequenceNumber Time Kind Svids Added Removed OnlyBundlesChanged Reason Message NextRetry' }
        @{ Type = 'BundleUpdate'; Names = 'SequenceNumber Time Kind Bundles Added Changed Removed Reason Message NextRetry' }
        @{ Type = 'InstalledSvid'; Names = 'SpiffeId TrustDomain Hint StoreLocation StoreName NotBefore NotAfter Thumbprint InstalledAt IsCurrent SupersededAt' }
        @{ Type = 'DevAgent'; Names = 'ProcessId TrustDomain Endpoint BundleEndpoint BundleEndpointSpiffeId BundleEndpointAuthority StartTime' }
        @{ Type = 'DiagnosisStep'; Names = 'Step Outcome Finding Advice' }
        @{ Type = 'VerificationCheck'; Names = 'Target Check Clause Result Found Expected' }
        @{ Type = 'SpiffeId'; Names = 'SpiffeId TrustDomain Path' }
        @{ Type = 'HelperEvent'; Names = 'Time Kind Message SpiffeId Files ExpiresAt ProcessId ExitCode Reason NextRetry' }
        @{ Type = 'Tunnel'; Names = 'Id Mode Listen Target Allows StartTime ActiveConnections TotalConnections RefusedConnections BrokenConnections BytesSent BytesReceived LastError' }
        @{ Type = 'HelperConfigurationReport'; Names = 'Path IsValid Findings' }
    ) {
        $json = $samples[$Type] | ForEach-Object ToRecord | ConvertTo-Json -WarningAction Stop

        ($json | ConvertFrom-Json).PSObject.Properties.Name | Should -BeExactly ($Names -split ' ')
        $samples[$Type].ToRecord() | ConvertTo-Json -Depth 20 | Should -BeExactly $json -Because 'it is whole at the default depth'
        $json | Should -Not -MatchExactly 'eyJ|PRIVATE KEY|System\.|Spiffe\.'
    }

    It 'says for whom and how long, as a person would write it' {
        $record = $svid.ToRecord() | ConvertTo-Json | ConvertFrom-Json -DateKind String

        $record.SpiffeId | Should -BeExactly 'spiffe://example.org/web'
        $record.Hint | Should -BeExactly 'external'
        $record.NotAfter | Should -BeExactly $svid.NotAfter.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
        $record.Certificate | Should -BeExactly $svid.Certificate.ExportCertificatePem()
    }

    It 'keeps the claims of a token as they are' {
        $claims = ($token.ToRecord() | ConvertTo-Json | ConvertFrom-Json).Claims

        $claims.sub | Should -BeExactly 'spiffe://example.org/web'
        $claims.aud | Should -BeExactly 'orders'
        $claims.exp | Should -BeOfType ([long])
    }

    It 'has arrays where there can be several, also for one and for none' {
        $token.ToRecord() | ConvertTo-Json -Compress | Should -MatchExactly '"Audience":\["orders"\]'
        $svid.ToRecord() | ConvertTo-Json -Compress | Should -MatchExactly '"FederatedBundles":\[\]'
        $samples.SvidUpdate.ToRecord() | ConvertTo-Json -Compress |
            Should -MatchExactly '"Kind":"Initial","Svids":\[\{"SpiffeId":"spiffe://example.org/web","Hint":"external","ExpiresAt":"'
    }

    It 'names files and audiences in the configuration of the helper' {
        $record = $samples.HelperConfiguration.ToRecord() | ConvertTo-Json -WarningAction Stop | ConvertFrom-Json

        $record.JwtSvids.PSObject.Properties.Value | Should -BeExactly 'a'
        $record.KeyMode | Should -BeExactly '0600'
    }

    It 'is a JSON array of several objects' {
        $json = @($svid, $svid).ToRecord() | ConvertTo-Json

        ($json | ConvertFrom-Json).SpiffeId | Should -BeExactly 'spiffe://example.org/web', 'spiffe://example.org/web'
    }

    It 'is the same in culture <_>' -ForEach 'de-DE', 'th-TH', 'ar-SA' {
        $before = [cultureinfo]::CurrentCulture
        $expected = $samples.Values | ForEach-Object ToRecord | ConvertTo-Json -Depth 5
        try {
            [cultureinfo]::CurrentCulture = $_

            $samples.Values | ForEach-Object ToRecord | ConvertTo-Json -Depth 5 | Should -BeExactly $expected
        }
        finally {
            [cultureinfo]::CurrentCulture = $before
        }
    }

    It 'crosses processes' {
        $job = Start-Job -ScriptBlock {
            Import-Module -Name $using:PSScriptRoot/../../Spiffe.psd1
            (Get-SpiffeX509Svid).ToRecord()
        }

        $record = $job | Receive-Job -Wait -AutoRemoveJob

        $record.SpiffeId | Should -BeExactly 'spiffe://example.org/web'
        ($record | ConvertTo-Json -WarningAction Stop | ConvertFrom-Json -AsHashtable).Keys | Should -Contain 'NotAfter'
    }
}
