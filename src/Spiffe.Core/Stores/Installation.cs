namespace Spiffe;

/// <summary>What became of a request to install, and the certificate that it is about.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Svid">The module's own certificate: the one asked for or, where that is outdated, the newer one.</param>
internal sealed record Installation(InstallationOutcome Outcome, InstalledSvid? Svid);
