namespace Spiffe.DevAgent;

/// <summary>A key that signs SVIDs of one kind.</summary>
internal interface IAuthority
{
    DateTimeOffset CreatedAt { get; }

    /// <summary>The instant after which nothing that it signed is valid.</summary>
    DateTimeOffset ExpiresAt { get; }

    /// <summary>When the last of what it signed expires: until then peers need it.</summary>
    DateTimeOffset NeededUntil { get; }
}
