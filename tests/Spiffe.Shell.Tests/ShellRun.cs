using System.Diagnostics;
using System.Reflection;

namespace Spiffe.Tests;

/// <summary>One run of Spiffe.Shell to its end.</summary>
internal sealed record ShellRun(int ExitCode, string Output, string Errors, int ProcessId)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private static readonly Dictionary<string, string> s_metadata = typeof(ShellRun).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(attribute => attribute.Key, attribute => attribute.Value!);

    public static string ShellPath => s_metadata["Shell"];

    public static string OldProtobuf => s_metadata["OldProtobuf"];

    public static Task<ShellRun> CommandAsync(string command) => StartAsync("dotnet", [ShellPath, "-Command", command]);

    public static Task<ShellRun> StartAsync(params string[] arguments) => StartAsync("dotnet", [ShellPath, .. arguments]);

    public static async Task<ShellRun> StartAsync(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("SPIFFE_ENDPOINT_SOCKET");
        using CancellationTokenSource impatience =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        impatience.CancelAfter(s_patience);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(impatience.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(impatience.Token);
        await process.WaitForExitAsync(impatience.Token);
        return new ShellRun(process.ExitCode, await output, await errors, process.Id);
    }
}
