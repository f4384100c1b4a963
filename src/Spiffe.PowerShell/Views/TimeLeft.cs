using System.Globalization;
using System.Management.Automation;

namespace Spiffe;

/// <summary>How long an SVID is still valid, as text for the column of a table.</summary>
/// <remarks>
/// The text is plain where NO_COLOR is set, which makes PowerShell start with PlainText, and where the process's output is
/// redirected, which PowerShell does not look at.
/// </remarks>
public static class TimeLeft
{
    /// <summary>Has the user's colour for warnings in the last quarter of the lifetime, when an agent should have renewed the SVID.</summary>
    /// <param name="svid">An SVID, an installed one, or a snapshot of either.</param>
    public static string? Get(PSObject svid)
    {
        ArgumentNullException.ThrowIfNull(svid);
        if (Read(svid, "IsCurrent") is false)
        {
            return "stale";
        }

        if ((ReadInstant(svid, "NotAfter") ?? ReadInstant(svid, "ExpiresAt")) is not { } end)
        {
            return null;
        }

        PSStyle style = PSStyle.Instance;
        TimeSpan left = end - DateTimeOffset.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            return Colour(style, style.Formatting.Error, "expired");
        }

        DateTimeOffset? start = ReadInstant(svid, "NotBefore") ?? ReadInstant(svid, "IssuedAt");
        return left < (end - start) / 4 ? Colour(style, style.Formatting.Warning, Describe(left)) : Describe(left);
    }

    private static string Colour(PSStyle style, string colour, string text) => style.OutputRendering switch
    {
        OutputRendering.PlainText => text,
        OutputRendering.Host when Console.IsOutputRedirected => text,
        _ => $"{colour}{text}{style.Reset}",
    };

    private static string Describe(TimeSpan left) => left switch
    {
        { TotalMinutes: < 2 } => Round(left.TotalSeconds, "s"),
        { TotalHours: < 2 } => Round(left.TotalMinutes, "min"),
        { TotalDays: < 2 } => Round(left.TotalHours, "h"),
        _ => Round(left.TotalDays, "d"),
    };

    private static string Round(double amount, string unit) => string.Create(CultureInfo.InvariantCulture, $"{(long)amount} {unit}");

    private static DateTimeOffset? ReadInstant(PSObject svid, string property) =>
        Read(svid, property) is DateTime time ? new DateTimeOffset(time) : null;

    private static object? Read(PSObject svid, string property) => svid.Properties[property]?.Value;
}
