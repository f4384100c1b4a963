using System.Buffers.Binary;

namespace Spiffe.DevAgent;

/// <summary>The user and the groups of a process as a socket of macOS gives them (<c>struct xucred</c>, sys/ucred.h).</summary>
/// <param name="UserId">The user that it acts as.</param>
/// <param name="GroupIds">The group that it acts as, and then its further groups.</param>
internal sealed record MacCredentials(uint UserId, uint[] GroupIds)
{
    /// <summary>How many bytes the structure has.</summary>
    public const int Size = GroupsOffset + (MaxGroups * sizeof(uint));

    // struct xucred { u_int cr_version; uid_t cr_uid; short cr_ngroups; gid_t cr_groups[16]; }
    private const uint Version = 0;
    private const int UserIdOffset = 4;
    private const int GroupCountOffset = 8;
    private const int GroupsOffset = 12;
    private const int MaxGroups = 16;

    /// <summary>Null where it is another structure than the one that is known.</summary>
    public static MacCredentials? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Version)
        {
            return null;
        }

        int count = BinaryPrimitives.ReadInt16LittleEndian(bytes[GroupCountOffset..]);
        if (count is < 1 or > MaxGroups)
        {
            return null;
        }

        uint[] groups = new uint[count];
        for (int i = 0; i < count; i++)
        {
            groups[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(GroupsOffset + (i * sizeof(uint)))..]);
        }

        return new MacCredentials(BinaryPrimitives.ReadUInt32LittleEndian(bytes[UserIdOffset..]), groups);
    }
}
