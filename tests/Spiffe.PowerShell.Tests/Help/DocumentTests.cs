using System.Text.RegularExpressions;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Help;

/// <summary>What holds for every document of the repository.</summary>
public sealed partial class DocumentTests
{
    private static readonly string s_docs = Path.Combine(Repository.Root, "docs");

    public static TheoryData<string> Documents =>
    [
        .. Directory.GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(s_docs, "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "en-US")))
            .Select(path => Path.GetRelativePath(Repository.Root, path)),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void There_are_no_placeholders(string document) =>
        Assert.DoesNotMatch(Placeholder(), File.ReadAllText(Path.Combine(Repository.Root, document)));

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_link_leads_to_a_file(string document)
    {
        string path = Path.Combine(Repository.Root, document);
        IEnumerable<string> targets = Link().Matches(File.ReadAllText(path)).Select(link => link.Groups["target"].Value);

        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target)), target));
    }

    [Fact]
    public void The_index_has_every_page()
    {
        string index = File.ReadAllText(Path.Combine(s_docs, "README.md"));

        Assert.All(Directory.GetFiles(s_docs, "*.md"), page =>
            Assert.True(Path.GetFileName(page) == "README.md" || index.Contains($"]({Path.GetFileName(page)})", StringComparison.Ordinal), page));
    }

    [Fact]
    public void The_readme_has_every_cmdlet()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.All(Directory.GetFiles(Path.Combine(s_docs, "cmdlets")), page =>
            Assert.Contains($"](docs/cmdlets/{Path.GetFileName(page)})", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Topics_are_as_their_sources_make_them()
    {
        using ModuleSession session = new();
        using TemporaryFolder folder = new();

        Assert.Empty(session.Run("& $args[0] -Destination $args[1]", Path.Combine(s_docs, "Build-Topics.ps1"), folder.Path).Errors);

        string[] made = Directory.GetFiles(folder.Path);
        Assert.NotEmpty(made);
        Assert.All(made, path => Assert.Equal(
            File.ReadAllText(path), File.ReadAllText(Path.Combine(Repository.Root, "en-US", Path.GetFileName(path)))));
    }

    [Fact]
    public void A_topic_fits_80_columns() => Assert.All(
        Directory.GetFiles(Path.Combine(Repository.Root, "en-US"), "*.txt").SelectMany(File.ReadAllLines),
        line => Assert.True(line.Length <= 80, line));

    [GeneratedRegex(@"\{\{ ?\w.*\}\}|Fill in the")]
    private static partial Regex Placeholder();

    /// <summary>A link within the repository; one to a part of a page leads to the page.</summary>
    [GeneratedRegex(@"\]\((?!https?:)(?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
