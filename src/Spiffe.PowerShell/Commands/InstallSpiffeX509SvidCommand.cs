using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Install, "SpiffeX509Svid", SupportsShouldProcess = true, DefaultParameterSetName = SvidSet)]
[OutputType(typeof(InstalledSvid))]
public sealed class InstallSpiffeX509SvidCommand : StoreCommand
{
    private const string SvidSet = "Svid";
    private const string UpdateSet = "Update";

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = SvidSet)]
    [Live]
    [ValidateNotNull]
    [NotAFile]
    public X509Svid[] Svid { get; set; } = [];

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = UpdateSet)]
    [Live]
    [ValidateNotNull]
    [NotAFile]
    public SvidUpdate? Update { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string? FriendlyName { get; set; }

    [Parameter]
    public SwitchParameter Exportable { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string[] KeyReadAccess { get; set; } = [];

    [Parameter]
    public SwitchParameter IncludeChain { get; set; }

    [Parameter]
    public SwitchParameter Prune { get; set; }

    [Parameter]
    [GracePeriod]
    [NotAFile]
    public TimeSpan GracePeriod { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NotAFile]
    public ScriptBlock? OnInstalled { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private InstallationOptions Options =>
        new() { FriendlyName = FriendlyName, IsExportable = Exportable, KeyReaders = KeyReadAccess };

    protected override void BeginProcessing() => Guard(() => OpenStore(Place).Check(Options));

    protected override void ProcessRecord() => Guard(() =>
    {
        if (Update is null)
        {
            Install(Svid, isNews: _ => true);
            return;
        }

        X509Svid[] svids = GetX509Svids(Update);

        // That the agent does not answer changes no identity.
        if (Update.Kind != SvidUpdateKind.Retrying)
        {
            WarnOfLost(Update);
            Install(svids, Update.Added.Contains);
        }
    });

    /// <summary>Installs SVIDs that are all in use at the same time.</summary>
    private void Install(X509Svid[] svids, Func<X509Svid, bool> isNews)
    {
        HashSet<string> companions = [.. svids.Select(svid => svid.Thumbprint)];
        foreach (X509Svid svid in svids)
        {
            Try(svid, () => Install(svid, isNews(svid), companions));
        }
    }

    private void Install(X509Svid svid, bool isNews, HashSet<string> companions)
    {
        SvidStore store = OpenStore(Place);
        InstalledSvid? present = store.Find().FirstOrDefault(own => own.Thumbprint == svid.Thumbprint);
        if (IncludeChain)
        {
            new ChainInstallation(Place, ShouldProcess, PipelineStopToken).Add(svid);
        }

        if (present is null && !ShouldInstall(svid, out ShouldProcessReason reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
            {
                _ = OnInstalled is null || ShouldRunScript(svid.ToString(), svid.Thumbprint);
                PruneSuperseded(store, svid, DateTimeOffset.UtcNow, companions);
            }

            return;
        }

        Installation installation = store.Install(svid, Options, print => Force || companions.Contains(print), PipelineStopToken);
        Tell(svid, installation);
        if (installation is { Outcome: InstallationOutcome.Installed or InstallationOutcome.Present, Svid: { } installed } &&
            HandOver(store, installed, isNews))
        {
            PruneSuperseded(store, svid, installed.Record.InstalledAt, companions);
            if (PassThru && isNews)
            {
                WriteObject(installed);
            }
        }
    }

    private bool ShouldInstall(X509Svid svid, out ShouldProcessReason reason) => ShouldProcess(
        $"Install the certificate {svid.Thumbprint} of {svid} with its key in '{Place}'.",
        $"Install the certificate {svid.Thumbprint} of {svid} with its key in '{Place}'?",
        "Install-SpiffeX509Svid",
        out reason);

    private void Tell(X509Svid svid, Installation installation)
    {
        switch (installation.Outcome)
        {
            case InstallationOutcome.Foreign:
                WriteWarning(
                    $"The certificate {svid.Thumbprint} of {svid} is in '{Place}' already, but this module did not install it. It is left alone.");
                break;
            case InstallationOutcome.Outdated:
                WriteWarning(
                    $"The certificate {svid.Thumbprint} of {svid} is not installed: '{Place}' has a newer one, " +
                    $"{installation.Svid!.Thumbprint}. Use -Force to install it anyway.");
                break;
            default:
                WriteVerbose($"{svid} ({svid.Thumbprint}) in '{Place}': {installation.Outcome}.");
                break;
        }
    }

    private bool ShouldRunScript(string svid, string thumbprint) =>
        ShouldProcess(svid, $"Run the script of -OnInstalled for {thumbprint}");

    /// <summary>Runs the script for a certificate that it was not run for to its end, maybe by another process.</summary>
    /// <returns>Whether the certificate may be taken to be in use.</returns>
    private bool HandOver(SvidStore store, InstalledSvid installed, bool isNews)
    {
        if (OnInstalled is null || (installed.Record.IsHandedOver && !(Force && isNews)))
        {
            return true;
        }

        if (!ShouldRunScript(installed.ToString(), installed.Thumbprint))
        {
            return false;
        }

        if (new UserScript(OnInstalled, WriteObject, WriteWarning).Run(
            installed,
            SpiffeErrorReason.OnInstalledFailed,
            $"The script of -OnInstalled had an error for '{installed}' ({installed.Thumbprint}), so nothing is pruned") is { } error)
        {
            WriteError(error);
            return false;
        }

        store.NoteHandOver(installed, PipelineStopToken);
        return true;
    }

    private void PruneSuperseded(SvidStore store, X509Svid current, DateTimeOffset installedAt, HashSet<string> companions)
    {
        if (!Prune)
        {
            return;
        }

        foreach (InstalledSvid svid in Supersession.FindRemovable(store.Find(), current, installedAt, GracePeriod)
            .Where(svid => !companions.Contains(svid.Thumbprint)))
        {
            if (ShouldProcess(svid.Store, $"Remove the superseded certificate {svid.Thumbprint} of {svid} with its key"))
            {
                Try(svid, () => store.Remove(svid, PipelineStopToken));
            }
        }

        if (IncludeChain)
        {
            new ChainInstallation(Place, ShouldProcess, PipelineStopToken).Prune();
        }
    }

    /// <summary>An agent may withdraw it by mistake; uninstalling takes one command.</summary>
    private void WarnOfLost(SvidUpdate update)
    {
        foreach (Svid lost in update.Removed.Where(removed =>
            !update.Svids.Any(svid => svid.SpiffeId == removed.SpiffeId && svid.Hint == removed.Hint)))
        {
            WriteWarning($"The agent withdrew the identity {lost}. Its certificates stay in '{Place}'; Uninstall-SpiffeX509Svid removes them.");
        }
    }
}
