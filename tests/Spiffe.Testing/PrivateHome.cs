namespace Spiffe.Testing;

/// <summary>A home folder of this test process's own, so that no test touches the certificate stores of the account that runs it.</summary>
public static class PrivateHome
{
    private const string Variable = "HOME";

    /// <summary>The home folder of the account that runs the tests.</summary>
    public static string? Original { get; } = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Where .NET on Linux keeps the certificate stores of the current user.</summary>
    public static string StoresFolder =>
        Path.Combine(Environment.GetEnvironmentVariable(Variable)!, ".dotnet", "corefx", "cryptography", "x509stores");

    /// <summary>Moves in; to be called before anything looks for the home folder, because .NET does so only once.</summary>
    public static void Enter()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string path = Directory.CreateTempSubdirectory("spiffe-home-").FullName;
        Environment.SetEnvironmentVariable(Variable, path);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(path, recursive: true);
    }
}
