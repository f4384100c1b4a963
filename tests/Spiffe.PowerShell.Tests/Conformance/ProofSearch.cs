using System.Text.RegularExpressions;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Conformance;

/// <summary>Finds the tests that carry a clause's number, in the source of all test projects.</summary>
internal static partial class ProofSearch
{
    /// <summary>Clause and test, as <c>Class.Method</c>, or the class alone where all of its tests prove the clause.</summary>
    public static ILookup<string, string> Find() => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .SelectMany(file => FindIn(File.ReadLines(file)))
        .Distinct()
        .OrderBy(proof => proof.Test, StringComparer.Ordinal)
        .ToLookup(proof => proof.Clause, proof => proof.Test, StringComparer.Ordinal);

    private static IEnumerable<(string Clause, string Test)> FindIn(IEnumerable<string> lines)
    {
        string type = string.Empty;
        List<string> clauses = [];
        foreach (string line in lines)
        {
            if (Trait().Match(line) is { Success: true } trait)
            {
                clauses.Add(trait.Groups[1].Value);
            }
            else if (Data().Match(line) is { Success: true } data)
            {
                yield return (data.Groups[1].Value, type);
            }
            else if (Type().Match(line) is { Success: true } found)
            {
                type = found.Groups[1].Value;
                foreach (string clause in clauses)
                {
                    yield return (clause, type);
                }

                clauses.Clear();
            }
            else if (clauses.Count > 0 && Method().Match(line) is { Success: true } method)
            {
                foreach (string clause in clauses)
                {
                    yield return (clause, $"{type}.{method.Groups[1].Value}");
                }

                clauses.Clear();
            }
        }
    }

    // A theory has one row a rule, with its number in front.
    [GeneratedRegex("""^ *\[(?:Trait\("Clause", |InlineData\()"((?:ID|X|J|W|B|F|E|A)-[0-9]+)"[,)]""")]
    private static partial Regex Trait();

    [GeneratedRegex("""^ *\{ "((?:ID|X|J|W|B|F|E|A)-[0-9]+)",""")]
    private static partial Regex Data();

    [GeneratedRegex(@"^(?:public|internal) .*\bclass (\w+)")]
    private static partial Regex Type();

    [GeneratedRegex(@"^    public .*?\b(\w+)\(")]
    private static partial Regex Method();
}
