namespace Spiffe.Helper;

/// <summary>How it stands with files, at one moment.</summary>
/// <param name="Status">Whether they are there.</param>
/// <param name="ExpiresAt">When what is in them expires; null where nothing in them does.</param>
internal sealed record FileState(FileStatus Status, DateTimeOffset? ExpiresAt = null);
