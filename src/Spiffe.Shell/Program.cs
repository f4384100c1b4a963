using Spiffe.Shell;

return Arguments.Parse(args) switch
{
    { Fault: { } fault } => Refuse(fault),
    { Script: { } script } arguments => Run(shell => shell.RunScript(script, arguments.ScriptArguments)),
    { Command: { } command } => Run(shell => shell.RunCommand(command)),
    _ => Run(Demo.Run),
};

static int Run(Func<EngineShell, int> action)
{
    using EngineShell shell = new();
    return action(shell);
}

static int Refuse(string fault)
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(Arguments.Usage);
    return 64;
}
