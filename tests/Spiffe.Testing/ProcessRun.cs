using System.Diagnostics;

namespace Spiffe.Testing;

/// <summary>One run of a program to its end, with nothing on its standard input and no Workload API in its environment.</summary>
public sealed record ProcessRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    public static async Task<ProcessRun> StartAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? patience = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("SPIFFE_ENDPOINT_SOCKET");
        if (PrivateHome.Original is { } home)
        {
            // Programs find what is installed for their user there.
            start.Environment["HOME"] = home;
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(patience ?? s_patience);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(impatience.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(impatience.Token);
        try
        {
            await process.WaitForExitAsync(impatience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ProcessRun(process.ExitCode, await output, await errors);
    }
}
