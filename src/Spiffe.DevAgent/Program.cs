namespace Spiffe.DevAgent;

/// <summary>Reads settings from standard input, serves and answers updates until that input ends, and leaves nothing behind.</summary>
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
            using AgentLog log = new(Console.Error, settings.LogPath);
            await using Agent agent = await Agent.StartAsync(settings, log);
            Console.Out.WriteLine(agent.DescribeReady());
            await ParentLine.AnswerAsync(input, Console.Out, agent.Update, shutdown.Token);
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
