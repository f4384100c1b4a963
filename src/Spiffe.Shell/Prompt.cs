namespace Spiffe.Shell;

/// <summary>A plain prompt, for trying the module by hand.</summary>
internal static class Prompt
{
    public static void Run(EngineShell shell)
    {
        Console.WriteLine("\n# Now it is your turn. 'exit' ends the shell and the development agent.");
        while (shell.ExitCode is null)
        {
            Console.Write("PS> ");
            if (Console.ReadLine() is not { } line)
            {
                return;
            }

            shell.RunCommand(line);
        }
    }
}
