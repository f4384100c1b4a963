namespace Spiffe.Tests.Conformance;

/// <summary>A rule of the standards that the module answers for.</summary>
/// <param name="Number">Its number in the checklist; tests carry it as the trait <c>Clause</c>.</param>
/// <param name="Standard">The document.</param>
/// <param name="Section">The section there.</param>
/// <param name="Level">M is must, S should, m may, R recommended, D decided here.</param>
/// <param name="Rule">What it asks for.</param>
/// <param name="Reason">Why no test proves it; empty where one does.</param>
internal sealed record Clause(string Number, string Standard, string Section, string Level, string Rule, string Reason)
{
    private const string File = "clauses.tsv";

    public static IReadOnlyList<Clause> ReadAll() =>
    [
        .. System.IO.File.ReadLines(Path.Combine(AppContext.BaseDirectory, File))
            .Skip(1)
            .Select(line => line.Split('\t'))
            .Select(fields => new Clause(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5])),
    ];
}
