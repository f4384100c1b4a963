using System.Management.Automation;
using System.Management.Automation.Language;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Help;

/// <summary>What Get-Help shows for each cmdlet, compared with the cmdlet itself.</summary>
public sealed class HelpTests
{
    private static readonly string[] s_common =
        [.. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters];

    // One for all: it reads a large file, and remembers it.
    private static readonly ModuleSession s_session = new();

    public static TheoryData<string> Cmdlets =>
        [.. s_session.Run("Get-Command -Module Spiffe | ForEach-Object Name").Expect<string>()];

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_has_a_synopsis_and_a_description(string name)
    {
        PSObject help = GetHelp(name);

        string synopsis = help.Properties["Synopsis"].Value.ToString()!.Trim();
        Assert.False(synopsis.StartsWith(name, StringComparison.Ordinal), "the synopsis is the generated syntax");
        Assert.InRange(synopsis.Length, 10, 200);
        Assert.NotEmpty(Texts(help.Properties["description"].Value));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_parameter_is_described_and_no_other(string name)
    {
        string[] parameters =
        [
            .. s_session.Run("(Get-Command $args[0]).Parameters.Keys", name).Expect<string>().Except(s_common).Order(),
        ];
        Dictionary<string, string> described = s_session
            .Run("(Get-Help $args[0] -Full).parameters.parameter", name).Output
            .Where(parameter => parameter is not null)
            .ToDictionary(
                parameter => parameter.Properties["name"].Value.ToString()!,
                parameter => string.Concat(Texts(parameter.Properties["description"]?.Value)));

        Assert.Equal(parameters, described.Keys.Except(s_common).Order());
        Assert.All(parameters, parameter => Assert.True(described[parameter].Length > 10, $"{name} -{parameter}"));
        Assert.DoesNotContain(described.Values, text => text.Contains("{{", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_example_uses_commands_and_parameters_that_exist(string name)
    {
        IReadOnlyList<PSObject> examples = s_session.Run("(Get-Help $args[0] -Full).examples.example", name).Output;

        Assert.NotEmpty(examples);
        Assert.All(examples, example =>
        {
            string code = example.Properties["code"].Value.ToString()!;
            ScriptBlockAst script = Parser.ParseInput(code, out _, out ParseError[] errors);
            Assert.Empty(errors);
            IEnumerable<CommandAst> ours = script.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true)
                .Cast<CommandAst>()
                .Where(command => command.GetCommandName()?.Contains("-Spiffe", StringComparison.Ordinal) == true);
            Assert.All(ours, AssertExists);
        });
    }

    [Fact]
    public void There_is_a_topic_about_the_module()
    {
        string topic = string.Concat(s_session.Run("Get-Help about_Spiffe").Output);

        Assert.Contains("SPIFFE_ENDPOINT_SOCKET", topic, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_source_of_the_help_is_in_docs(string name) =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, "docs", "cmdlets", name + ".md")));

    private static string[] Texts(object? paragraphs) => paragraphs is null
        ? []
        :
        [
            .. LanguagePrimitives.GetEnumerable(paragraphs)?.Cast<PSObject>()
                .Select(paragraph => paragraph.Properties["Text"]?.Value?.ToString() ?? string.Empty)
                .Where(text => text.Length > 0) ?? [],
        ];

    private static PSObject GetHelp(string name) => Assert.Single(s_session.Run("Get-Help $args[0] -Full", name).Output);

    private static void AssertExists(CommandAst command)
    {
        CommandInfo info = s_session.Run("Get-Command $args[0]", command.GetCommandName()).Expect<CommandInfo>()[0];
        Assert.All(command.CommandElements.OfType<CommandParameterAst>(), parameter =>
            Assert.True(info.ResolveParameter(parameter.ParameterName) is not null, command.Extent.Text));
    }
}
