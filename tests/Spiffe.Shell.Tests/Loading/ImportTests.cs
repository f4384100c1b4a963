using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using Spiffe.Testing;

namespace Spiffe.Tests.Loading;

/// <summary>What the module does to the process that imports it; each in a process of its own.</summary>
public sealed class ImportTests
{
    // About 1,160 were measured, most of them of HTTP/2, gRPC and the parsers; a library more on the way would show.
    private const int MaxCompiledMethods = 1_450;

    private const string LoadedClients =
        "@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object FullName -Match '^(Grpc|Google\\.Protobuf|Spiffe\\.WorkloadApi)').Count";

    [Fact]
    public async Task Importing_loads_no_gRPC_and_no_protobuf()
    {
        ProcessRun run = await PowerShellRun.CommandAsync(LoadedClients);

        Assert.Equal("0", run.Output.Trim());
    }

    [Theory]
    [InlineData("Get-SpiffeX509Svid")]
    [InlineData("Get-SpiffeJwtSvid")]
    [InlineData("Get-SpiffeBundle")]
    public async Task The_client_is_loaded_while_the_parameters_are_bound(string cmdlet)
    {
        ProcessRun run = await PowerShellRun.CommandAsync(
            $$"""
            try { {{cmdlet}} -NoSuchParameter } catch { $_.FullyQualifiedErrorId -replace ',.*' }
            for ($i = 0; $i -lt 300 -and -not {{LoadedClients}}; $i++) { Start-Sleep -Milliseconds 100 }
            {{LoadedClients}} -gt 0
            """);

        Assert.Equal(["NamedParameterNotFound", "True"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Importing_loads_two_assemblies_of_the_module()
    {
        ProcessRun run = await PowerShellRun.CommandAsync(
            "@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object Location -Match '/bin/Spiffe\\.(Core|PowerShell)\\.dll$').Count");

        Assert.Equal("2", run.Output.Trim());
    }

    [Fact]
    public async Task The_first_SVID_needs_no_more_methods_compiled_than_it_should()
    {
        await using ScriptedWorkloadApi server = await StartServerAsync();

        ProcessRun run = await PowerShellRun.CommandAsync(
            $"""
            $before = [System.Runtime.JitInfo]::GetCompiledMethodCount()
            $null = Get-SpiffeX509Svid -Endpoint '{server.Endpoint}' -ErrorAction Stop
            [System.Runtime.JitInfo]::GetCompiledMethodCount() - $before
            """);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.InRange(int.Parse(run.Output.Trim(), CultureInfo.InvariantCulture), 1, MaxCompiledMethods);
    }

    [Fact]
    public async Task Model_types_resolve_by_name()
    {
        ProcessRun run = await PowerShellRun.CommandAsync("([Spiffe.SpiffeId]'spiffe://example.org/web').TrustDomain.Name");

        Assert.Equal("example.org", run.Output.Trim());
    }

    [Fact]
    public async Task Importing_again_by_force_works()
    {
        await using ScriptedWorkloadApi server = await StartServerAsync();

        ProcessRun run = await PowerShellRun.CommandAsync(
            $"Get-SpiffeX509Svid -Endpoint '{server.Endpoint}' | ForEach-Object SpiffeId | ForEach-Object Path\n" +
            "Import-Module (Get-Module Spiffe).Path -Force\n" +
            $"Get-SpiffeX509Svid -Endpoint '{server.Endpoint}' | ForEach-Object SpiffeId | ForEach-Object Path");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["/web", "/web"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Theory]
    [InlineData("3.25.1.0")]
    [InlineData("99.0.0.0")]
    public async Task Another_Google_Protobuf_in_the_process_does_no_harm(string version)
    {
        await using ScriptedWorkloadApi server = await StartServerAsync();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("spiffe-test-");
        try
        {
            string foreign = version == "3.25.1.0" ? PowerShellRun.OldProtobuf : EmitProtobuf(folder, Version.Parse(version));

            ProcessRun run = await PowerShellRun.CommandAsync(
                $"[Reflection.Assembly]::LoadFrom('{foreign}').GetName().Version.ToString()\n" +
                $"(Get-SpiffeX509Svid -Endpoint '{server.Endpoint}').SpiffeId.Path\n" +
                "@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'Google.Protobuf' }).Count");

            Assert.True(run.ExitCode == 0, run.Errors);
            Assert.Equal([version, "/web", "2"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_socket_that_this_account_may_not_open_is_reported()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "needs root, to become another user");
        await using ScriptedWorkloadApi server = await StartServerAsync();
        string command = $"{PowerShellRun.ImportModule}try {{ Get-SpiffeX509Svid -Endpoint '{server.Endpoint}' -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}";

        ProcessRun run = await ProcessRun.StartAsync(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/nonexistent", "dotnet", PowerShellRun.Assembly, "-NoProfile", "-Command", command],
            TestContext.Current.CancellationToken);

        Assert.Equal("EndpointAccessDenied,Spiffe.Commands.GetSpiffeX509SvidCommand", run.Output.Trim());
    }

    private static async Task<ScriptedWorkloadApi> StartServerAsync()
    {
        ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(TestAuthority.Create()));
        return server;
    }

    /// <summary>An assembly of that name and version, with a type of the same name and nothing in it.</summary>
    private static string EmitProtobuf(DirectoryInfo folder, Version version)
    {
        PersistedAssemblyBuilder builder =
            new(new AssemblyName("Google.Protobuf") { Version = version }, typeof(object).Assembly);
        builder.DefineDynamicModule("Google.Protobuf").DefineType("Google.Protobuf.MessageParser", TypeAttributes.Public).CreateType();
        string path = Path.Combine(folder.FullName, "Google.Protobuf.dll");
        builder.Save(path);
        return path;
    }
}
