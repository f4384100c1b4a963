using System.Text;

namespace Spiffe.Tests.Conformance;

/// <summary>docs/conformance.md, made from the clauses and from what the tests say that they prove.</summary>
internal static class ConformancePage
{
    private const string Head =
        """
        # Conformance

        Every rule of the SPIFFE standards that a client, a validator or a development agent answers for, with the tests that
        prove it here. WIT-SVIDs are not part of the module yet, and neither are their rules of this page.

        Levels: M must, S should, m may (so it is tolerated), R recommended in lower case, D decided here, – explained.
        The rows come from `tests/Spiffe.PowerShell.Tests/Conformance/clauses.tsv`, the tests from their own traits. After a
        change, this writes the page anew; a test fails where it is stale:

        ```
        SPIFFE_WRITE_DOCS=1 dotnet test --project tests/Spiffe.PowerShell.Tests -- --filter-class "*ConformancePageTests"
        ```

        Where the standards are silent or contradict themselves:

        - D1: IDs are lower case where the standard says so, in SVIDs, tokens and bundles; user input gets an error that names the fix.
        - D2: a trust domain has at most 255 bytes, an ID at most 2048.
        - D3: extended key usage may be absent; where it is present, the purpose in use must be in it.
        - D4: unknown JOSE headers are ignored, `crit` is refused, and keys that a token brings along are never used.
        - D5: a JWT-SVID without `kid` is tried with every key of its trust domain whose type fits.
        - D6: a token has at most 64 KiB, a bundle document 4 MiB.
        - D7: clocks may differ by 60 seconds, by up to 120 on request, for `exp` and `nbf`.
        - D8: a file of certificates holds whole certificates and nothing else.
        - D9: what is no CA is never an authority, also where a bundle lists it.
        - D10: a URI name constraint `example.org` does not cover `a.example.org`; `.example.org` does.

        """;

    public static string Write(IReadOnlyList<Clause> clauses, ILookup<string, string> proofs)
    {
        StringBuilder page = new(Head.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, Clause> standard in clauses.GroupBy(clause => clause.Standard))
        {
            page.Append('\n').Append("## ").Append(standard.Key).Append("\n\n| # | § | Level | Rule | Proved by |\n|---|---|---|---|---|\n");
            foreach (Clause clause in standard)
            {
                string proof = proofs.Contains(clause.Number)
                    ? string.Join("<br>", proofs[clause.Number].Select(test => $"`{test}`"))
                    : $"no test: {clause.Reason}";
                page.Append($"| {clause.Number} | {clause.Section} | {clause.Level} | {clause.Rule} | {proof} |\n");
            }
        }

        return page.ToString();
    }
}
