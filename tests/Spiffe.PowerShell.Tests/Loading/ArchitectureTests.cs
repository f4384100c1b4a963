using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Loading;

/// <summary>The walls between the projects, read from the references of the assemblies that users get.</summary>
public sealed class ArchitectureTests
{
    private static readonly string s_framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    [Theory]
    [InlineData("Spiffe.Core.dll", "")]
    [InlineData("Spiffe.Helper.dll", "Spiffe.Core")]
    [InlineData("Spiffe.Tls.dll", "Spiffe.Core")]
    [InlineData("isolated/Spiffe.Transport.dll", "Spiffe.Core Grpc.")]
    [InlineData("isolated/Spiffe.WorkloadApi.dll", "Spiffe.Core Spiffe.Transport Grpc.Core.Api Google.Protobuf")]
    [InlineData("Spiffe.PowerShell.dll", "Spiffe.Core Spiffe.Helper Spiffe.Tls System.Management.Automation Microsoft.PowerShell.Commands.Utility")]
    [InlineData("devagent/Spiffe.DevAgent.dll", "Spiffe.Core Spiffe.Tls Grpc. Google.Protobuf Microsoft.AspNetCore Microsoft.Extensions. Microsoft.Net.Http.Headers")]
    public void An_assembly_references_what_its_project_may_know(string assembly, string allowed)
    {
        string[] prefixes = allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(ReadReferences(assembly), name => Assert.True(
            prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || IsOfTheFramework(name),
            $"{assembly} references {name}"));
    }

    [Theory]
    [InlineData("isolated/Spiffe.Transport.dll", "Spiffe.Transport.AgentTransport")]
    [InlineData("isolated/Spiffe.WorkloadApi.dll", "Spiffe.WorkloadApi.WorkloadApiClient")]
    [InlineData("devagent/Spiffe.DevAgent.dll", "Spiffe.DevAgentFault Spiffe.DevAgentRotation")]
    public void Generated_types_are_internal(string assembly, string expected) =>
        Assert.Equal(expected.Split(' '), ReadPublicTypes(assembly).Order());

    [Theory]
    [InlineData("Spiffe.Core.dll")]
    [InlineData("Spiffe.PowerShell.dll")]
    public void Types_that_users_meet_are_in_one_namespace(string assembly) =>
        Assert.All(
            ReadPublicTypes(assembly).Where(name => !name.EndsWith("Command", StringComparison.Ordinal)),
            name => Assert.Equal("Spiffe", name[..name.LastIndexOf('.')]));

    [Fact]
    public void The_folder_of_cmdlets_holds_cmdlets_only()
    {
        using ModuleSession session = new();
        IEnumerable<string> cmdlets = session
            .Run("Get-Command -Module Spiffe | ForEach-Object { $_.ImplementingType.Name + '.cs' }").Expect<string>();
        string folder = Path.Combine(Repository.Root, "src", "Spiffe.PowerShell", "Commands");

        Assert.Equal(
            cmdlets.Order(),
            Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public void What_is_shared_with_the_client_is_outside_its_folder_and_only_there()
    {
        string[] isolated = [.. Directory.GetFiles(Path.Combine(Repository.Bin, "isolated"), "*.dll").Select(Path.GetFileName)!];

        Assert.DoesNotContain("Spiffe.Core.dll", isolated);
        Assert.Contains("Google.Protobuf.dll", isolated);
        Assert.Contains("Grpc.Net.Client.dll", isolated);
        Assert.DoesNotContain("System.Management.Automation.dll", isolated);
        Assert.Equal(
            ["Spiffe.Core.dll", "Spiffe.Helper.dll", "Spiffe.PowerShell.dll", "Spiffe.Tls.dll"],
            Directory.GetFiles(Repository.Bin, "*.dll").Select(Path.GetFileName).Order());
    }

    private static IReadOnlyList<string> ReadPublicTypes(string assembly)
    {
        using PEReader file = new(File.OpenRead(Path.Combine(Repository.Bin, assembly)));
        MetadataReader metadata = file.GetMetadataReader();
        return
        [
            .. metadata.TypeDefinitions
                .Select(metadata.GetTypeDefinition)
                .Where(type => (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public)
                .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"),
        ];
    }

    private static IEnumerable<string> ReadReferences(string assembly)
    {
        using PEReader file = new(File.OpenRead(Path.Combine(Repository.Bin, assembly)));
        MetadataReader metadata = file.GetMetadataReader();
        return
        [
            .. metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)),
        ];
    }

    private static bool IsOfTheFramework(string name) =>
        name != "System.Management.Automation" && File.Exists(Path.Combine(s_framework, name + ".dll"));
}
