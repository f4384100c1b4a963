using System.Globalization;

namespace Spiffe.Testing;

/// <summary>Who runs the tests, and what this process may do with those of others.</summary>
public static class ThisAccount
{
    // CAP_SYS_PTRACE (capabilities(7)); root has it, but not in most containers.
    private const int Examine = 19;

    /// <summary>The user's name; the number where the machine has no name for it, as containers do.</summary>
    public static string Name { get; } =
        Environment.UserName is { Length: > 0 } name ? name : Read("Uid:").Split('\t', StringSplitOptions.RemoveEmptyEntries)[0];

    /// <summary>Whether it can start processes as other users and look at what they are.</summary>
    public static bool CoversOtherUsers { get; } =
        Name == "root" && File.Exists("/usr/bin/setpriv") && OperatingSystem.IsLinux() && Has(Examine);

    private static bool Has(int capability) =>
        (ulong.Parse(Read("CapEff:"), NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) >> capability & 1) == 1;

    private static string Read(string field) =>
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..];
}
