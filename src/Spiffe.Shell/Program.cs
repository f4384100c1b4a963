using System.Diagnostics;

string artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
string[] stay = Console.IsInputRedirected || Console.IsOutputRedirected ? [] : ["-NoExit"];
string[] demo = ["-NoLogo", .. stay, "-File", Path.Combine(AppContext.BaseDirectory, "Show-Demo.ps1")];
ProcessStartInfo start = new(Path.Combine(artifacts, "pwsh", "pwsh"), args is [] ? demo : args);
start.Environment["POWERSHELL_UPDATECHECK"] = "Off";

// Before the user's own modules, which PowerShell would put in front: one of them may be an installed Spiffe.
string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
start.Environment["PSModulePath"] =
    string.Join(Path.PathSeparator, Path.Combine(artifacts, "modules"), Path.Combine(data, "powershell", "Modules"));

// PowerShell gets Ctrl+C as well, and decides what it stops.
Console.CancelKeyPress += (_, cancel) => cancel.Cancel = true;
Process shell = Process.Start(start)!;
AppDomain.CurrentDomain.ProcessExit += (_, _) => shell.Kill();
shell.WaitForExit();
return shell.ExitCode;
