namespace Spiffe.Commands;

/// <summary>A time span in words, in the two units that matter.</summary>
internal static class Duration
{
    public static string Describe(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{time.Days} d {time.Hours} h",
        { TotalHours: >= 1 } => $"{time.Hours} h {time.Minutes} min",
        { TotalMinutes: >= 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{time.TotalSeconds:0} s",
    };
}
