using System.Reflection;
using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>Runs of the PowerShell that the build has put into artifacts, each with a home folder that is no user's.</summary>
internal static class PowerShellRun
{
    private static readonly Dictionary<string, string> s_metadata = typeof(PowerShellRun).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(attribute => attribute.Key, attribute => attribute.Value!);

    /// <summary>The folder of the whole project.</summary>
    public static string Root => s_metadata["Root"];

    public static string OldProtobuf => s_metadata["OldProtobuf"];

    /// <summary>Of this build, such as Debug.</summary>
    public static string Configuration => s_metadata["Configuration"];

    public static string ModuleVersion => s_metadata["ModuleVersion"];

    /// <summary>This one, as packages name it, such as linux-x64.</summary>
    public static string Platform => s_metadata["Platform"];

    /// <summary>The program Spiffe.Shell.</summary>
    public static string Shell => s_metadata["Shell"];

    /// <summary>The program pwsh.</summary>
    public static string Program => Path.Combine(s_metadata["PowerShell"], "pwsh");

    /// <summary>The same for <c>dotnet</c>, which any account can run.</summary>
    public static string Assembly => Path.Combine(s_metadata["PowerShell"], "pwsh.dll");

    public static string ImportModule => $"Import-Module -Name '{Path.Combine(Root, "Spiffe.psd1")}' -ErrorAction Stop\n";

    /// <remarks>As in <c>tests/Directory.Build.props</c>, methods are compiled again only if they are called 0x1F4 times.</remarks>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["DOTNET_TC_CallCountThreshold"] = "1F4",
        ["DOTNET_TieredPGO"] = "0",
        ["HOME"] = Environment.GetEnvironmentVariable("HOME")!,
        ["NO_COLOR"] = "1",
        ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
        ["POWERSHELL_UPDATECHECK"] = "Off",
    };

    /// <summary>Runs text with the module imported.</summary>
    public static Task<ProcessRun> CommandAsync(string command) => StartAsync(["-Command", ImportModule + command]);

    public static Task<ProcessRun> StartAsync(string[] arguments, TimeSpan? patience = null) => ProcessRun.StartAsync(
        Program, ["-NoProfile", "-NonInteractive", .. arguments], TestContext.Current.CancellationToken, Variables, patience);
}
