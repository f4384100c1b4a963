using Spiffe.Helper;
using Spiffe.Testing;

namespace Spiffe.Tests.Configuration;

/// <summary>Ours accepts what SPIFFE Helper accepts, and refuses what it refuses.</summary>
public sealed class CorpusTests : IDisposable
{
    // Where SPIFFE Helper's scanner points behind the fault, and ours at its beginning.
    private static readonly Dictionary<string, string> s_otherPlaces = new(StringComparer.Ordinal)
    {
        ["bad-octal"] = "6:18",
        ["unterminated-string"] = "6:8",
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => Corpus.Names;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void There_are_fifty_files() => Assert.Equal(50, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_is_accepted_or_refused_as_SPIFFE_Helper_does(string name)
    {
        HelperConfigurationReport report = Read(name);

        Assert.True(Corpus.IsAccepted(name) == report.IsValid, string.Join('\n', report.Findings));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_refused_is_refused_at_the_same_place(string name)
    {
        if (Corpus.GetPlace(name) is not { } place)
        {
            return;
        }

        HelperFinding fault = Assert.Single(Read(name).Findings, finding => finding.Severity == HelperFindingSeverity.Error);

        Assert.Equal(s_otherPlaces.GetValueOrDefault(name, place), $"{fault.Line}:{fault.Column}");
    }

    private HelperConfigurationReport Read(string name)
    {
        string text = Corpus.GetText(name, "/run/agent.sock", _folder.Path);
        string path = Path.Combine(_folder.Path, "helper.conf");
        File.WriteAllText(path, text);
        return HelperConfigurationReader.ReadFile(path, _folder.Path, isOneShot: true);
    }
}
