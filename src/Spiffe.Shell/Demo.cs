namespace Spiffe.Shell;

/// <summary>Shows the main job: runs the statements of Demo.ps1 one by one, each printed before its output.</summary>
internal static class Demo
{
    public static int Run(EngineShell shell)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("spiffe-demo-");
        try
        {
            shell.SetVariable("folder", folder.FullName);
            foreach (string statement in ReadStatements())
            {
                Console.WriteLine(statement.StartsWith('#') ? $"\n{statement}" : $"PS> {statement}");
                if (shell.RunCommand(statement) is not 0 and int code)
                {
                    return code;
                }
            }

            if (!Console.IsInputRedirected && !Console.IsOutputRedirected)
            {
                Prompt.Run(shell);
            }

            return shell.RunCommand("Stop-SpiffeDevAgent");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> ReadStatements() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Demo.ps1")).Where(line => line.Length > 0);
}
