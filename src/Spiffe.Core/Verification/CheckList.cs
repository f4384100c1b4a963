namespace Spiffe;

/// <summary>Collects the checks of one verification in the order in which they are made.</summary>
internal sealed class CheckList
{
    private readonly List<VerificationCheck> _checks = new(capacity: 24);
    private readonly bool _isStrict;

    public CheckList(bool isStrict) => _isStrict = isStrict;

    public IReadOnlyList<VerificationCheck> Checks => _checks;

    public VerificationCheck? FirstFailure { get; private set; }

    /// <summary>A rule that decides; gives whether it holds.</summary>
    public bool Require(bool holds, string clause, string check, string found, string expected)
    {
        Add(new VerificationCheck(clause, check, holds ? CheckResult.Passed : CheckResult.Failed, found, expected));
        return holds;
    }

    /// <summary>A rule whose breach is only a warning, unless the verification is strict.</summary>
    public void Advise(bool holds, string clause, string check, string found, string expected) => Add(new VerificationCheck(
        clause, check, holds ? CheckResult.Passed : _isStrict ? CheckResult.Failed : CheckResult.Warning, found, expected));

    /// <summary>A rule whose breach is a warning in any case.</summary>
    public void Warn(bool holds, string clause, string check, string found, string expected) =>
        Add(new VerificationCheck(clause, check, holds ? CheckResult.Passed : CheckResult.Warning, found, expected));

    public void AddRange(CheckList other)
    {
        foreach (VerificationCheck check in other._checks)
        {
            Add(check);
        }
    }

    /// <summary>An empty list for a part that may be taken or left.</summary>
    public CheckList CreatePart() => new(_isStrict);

    private void Add(VerificationCheck check)
    {
        _checks.Add(check);
        if (check.Result == CheckResult.Failed)
        {
            FirstFailure ??= check;
        }
    }
}
