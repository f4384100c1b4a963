using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Help;

/// <summary>What the documents say about errors, compared with the ids and categories of the module.</summary>
public sealed partial class ErrorPageTests
{
    private static readonly ModuleSession s_session = new();

    // Internal, and in an assembly that the tests see only as the module loads it.
    private static readonly MethodInfo s_createRecord = s_session
        .Run("(Get-Command Get-SpiffeX509Svid).ImplementingType.Assembly").Expect<Assembly>()[0]
        .GetType("Spiffe.Commands.ErrorTable", throwOnError: true)!
        .GetMethod("CreateRecord")!;

    public static TheoryData<SpiffeErrorReason> Reasons => [.. Enum.GetValues<SpiffeErrorReason>()];

    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "cmdlets")).Select(path => Path.GetFileNameWithoutExtension(path))];

    [Fact]
    public void Exactly_the_ids_that_exist_are_documented() => Assert.Equal(
        Enum.GetNames<SpiffeErrorReason>().Concat(ErrorPage.Foreign).Order(), ErrorPage.Rows.Select(row => row.Id).Order());

    [Theory]
    [MemberData(nameof(Reasons))]
    public void An_error_has_its_documented_category_and_a_recommendation(SpiffeErrorReason reason)
    {
        SpiffeException exception = new(reason, "a message");
        ErrorRecord record = (ErrorRecord)s_createRecord.Invoke(obj: null, [exception, null])!;
        ErrorPageRow row = Assert.Single(ErrorPage.Rows, row => row.Id == reason.ToString());

        Assert.Equal(row.Category, record.CategoryInfo.Category.ToString());
        Assert.True(row.When.Length > 20, row.When);
        Assert.True(row.Advice.Length > 10, row.Advice);
        Assert.True(record.ErrorDetails.RecommendedAction.Length > 10, record.ErrorDetails.RecommendedAction);
        Assert.DoesNotContain("a bug in the module", record.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Ids_in_the_notes_of_a_cmdlet_exist(string page)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cmdlets", page + ".md"));
        string notes = text[text.IndexOf("## NOTES", StringComparison.Ordinal)..];
        IEnumerable<string> ids = Ids().Matches(notes).SelectMany(line => line.Groups["id"].Captures).Select(id => id.Value);

        Assert.Empty(ids.Except(ErrorPage.Rows.Select(row => row.Id)));
    }

    /// <summary>A list's item that begins with ids and a colon.</summary>
    [GeneratedRegex(@"^- (?<id>[A-Z]\w*[a-z][A-Z]\w*|Timeout)(?:, (?<id>[A-Z]\w*[a-z][A-Z]\w*|Timeout))*:", RegexOptions.Multiline)]
    private static partial Regex Ids();
}
