using System.Globalization;

namespace Spiffe.Testing;

/// <summary>What this process may do with those of other users.</summary>
public static class Privileges
{
    // CAP_SYS_PTRACE (capabilities(7)); root has it, but not in most containers.
    private const int Examine = 19;

    /// <summary>Whether it can start processes as other users and look at what they are.</summary>
    public static bool CoverOtherUsers { get; } =
        Environment.UserName == "root" && File.Exists("/usr/bin/setpriv") && OperatingSystem.IsLinux() && Has(Examine);

    private static bool Has(int capability)
    {
        const string Effective = "CapEff:";
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Effective, StringComparison.Ordinal));
        return (ulong.Parse(line[Effective.Length..], NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)
            >> capability & 1) == 1;
    }
}
