namespace Spiffe.DevAgent;

/// <summary>Reads settings from standard input, serves until that input ends, and leaves nothing behind.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int SettingsRefused = 2;

    public static async Task<int> Main()
    {
        TextReader input = Console.In;
        using ShutdownSignal shutdown = new();
        try
        {
            AgentSettings settings = SettingsReader.Read(await ParentLine.ReadAsync(input, shutdown.Token));
            await using Agent agent = await Agent.StartAsync(settings, new AgentLog(Console.Error));
            Console.Out.WriteLine(agent.DescribeReady());
            await ParentLine.WaitForEndAsync(input, agent.Log, shutdown.Token);
            return 0;
        }
        catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (SettingsException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return SettingsRefused;
        }
        catch (AgentException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return Failed;
        }
    }
}
