using System.Runtime.InteropServices;

namespace Spiffe.Commands;

/// <summary>Finds a <c>dotnet</c> that can run the agent: PowerShell brings .NET, but not ASP.NET Core.</summary>
internal static class DotNetHost
{
    private const string RequiredRuntime = "Microsoft.AspNetCore.App";

    private static readonly string s_name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
    private static readonly Version s_requiredVersion = new(10, 0);

    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.DevAgentFailed"/>: no installation of .NET has what the agent needs.
    /// </exception>
    public static string Find()
    {
        string[] installations = [.. FindInstallations().Distinct()];
        if (installations.FirstOrDefault(HasRequiredRuntime) is { } suitable)
        {
            return Path.Combine(suitable, s_name);
        }

        string looked = installations.Length == 0
            ? "No installation of .NET was found."
            : $"The .NET in {string.Join(", ", installations)} does not have it.";
        throw DevAgentProgram.Failed(
            $"it needs the ASP.NET Core runtime {s_requiredVersion} or later. {looked} " +
            $"Install the ASP.NET Core Runtime {s_requiredVersion} from https://dotnet.microsoft.com/download/dotnet/{s_requiredVersion}, " +
            "or set DOTNET_ROOT to the folder of a .NET installation that has it.");
    }

    /// <summary>What the user has chosen, then what is first on the path, then what this PowerShell runs on.</summary>
    private static IEnumerable<string> FindInstallations()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant();
        string?[] folders =
        [
            Environment.GetEnvironmentVariable($"DOTNET_ROOT_{architecture}"),
            Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            Path.GetDirectoryName(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")),
            .. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator),

            // dotnet/shared/Microsoft.NETCore.App/10.0.0/, unless this PowerShell has a runtime of its own.
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
        ];
        return
            from folder in folders
            where !string.IsNullOrEmpty(folder)
            let program = Path.Combine(folder, s_name)
            where File.Exists(program)
            select Path.GetDirectoryName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program);
    }

    private static bool HasRequiredRuntime(string installation)
    {
        string folder = Path.Combine(installation, "shared", RequiredRuntime);
        return Directory.Exists(folder) && Directory.EnumerateDirectories(folder)
            .Any(version => Version.TryParse(Path.GetFileName(version), out Version? found) && found >= s_requiredVersion);
    }
}
