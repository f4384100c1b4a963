using System.Text.Json;

namespace Spiffe.Helper;

/// <summary>What the health checks say of the files, in SPIFFE Helper's words.</summary>
internal static class HealthReport
{
    /// <summary>Whether nothing failed.</summary>
    public static bool IsLive(IEnumerable<FilePart> parts) => parts.All(part => part.State.Status != FileStatus.Failed);

    /// <summary>Whether everything is written.</summary>
    public static bool IsReady(IEnumerable<FilePart> parts) => parts.All(part => part.State.Status == FileStatus.Written);

    /// <summary>The answer's body.</summary>
    /// <param name="parts">The files.</param>
    /// <param name="isGood">Whether the answer is that all is well.</param>
    /// <param name="hasExpiry">Whether to say in how many seconds what is in the files expires, which SPIFFE Helper does not.</param>
    public static byte[] Write(IReadOnlyList<FilePart> parts, bool isGood, bool hasExpiry)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("status", isGood ? "OK" : "Service Unavailable");
            writer.WriteStartObject("health");
            writer.WriteStartObject("file_write_statuses");
            WriteStatuses(writer, parts);
            writer.WriteEndObject();
            writer.WriteEndObject();
            if (hasExpiry)
            {
                WriteExpiry(writer, parts);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteStatuses(Utf8JsonWriter writer, IReadOnlyList<FilePart> parts)
    {
        foreach (FilePart part in parts.Where(part => part.IsX509))
        {
            writer.WriteString("x509_write_status", Describe(part));
        }

        writer.WriteStartObject("jwt_write_status");
        foreach (FilePart part in parts.Where(part => !part.IsX509))
        {
            writer.WriteString(part.Path, Describe(part));
        }

        writer.WriteEndObject();
    }

    private static void WriteExpiry(Utf8JsonWriter writer, IReadOnlyList<FilePart> parts)
    {
        writer.WriteStartObject("expires_in_seconds");
        foreach (FilePart part in parts)
        {
            if (part.State.ExpiresAt is { } expiry)
            {
                writer.WriteNumber(part.Path, (long)(expiry - DateTimeOffset.UtcNow).TotalSeconds);
            }
        }

        writer.WriteEndObject();
    }

    private static string Describe(FilePart part) => part.State.Status switch
    {
        FileStatus.Written => "written",
        FileStatus.Failed => "failed",
        FileStatus.Withdrawn => "withdrawn",
        _ => "unwritten",
    };
}
