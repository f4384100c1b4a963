namespace Spiffe.DevAgent;

/// <summary>A group in a Windows access token.</summary>
/// <param name="Sid">Its security identifier.</param>
/// <param name="Name"><c>DOMAIN\name</c>; null where Windows knows none.</param>
/// <param name="IsEnabled">Whether it counts in access checks (SE_GROUP_ENABLED).</param>
internal sealed record WindowsGroup(string Sid, string? Name, bool IsEnabled);
