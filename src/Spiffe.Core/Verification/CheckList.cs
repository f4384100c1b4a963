using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>Collects the checks of one verification in the order in which they are made.</summary>
internal sealed class CheckList
{
    private readonly List<VerificationCheck> _checks = [];
    private readonly bool _isStrict;
    private readonly bool _isBrief;

    /// <param name="isStrict">Whether what is advised is required.</param>
    /// <param name="isBrief">Whether only what does not hold is kept, for a caller who wants no more than the verdict.</param>
    public CheckList(bool isStrict, bool isBrief = false)
    {
        _isStrict = isStrict;
        _isBrief = isBrief;
    }

    public ReadOnlyCollection<VerificationCheck> Checks => _checks.AsReadOnly();

    public VerificationCheck? FirstFailure { get; private set; }

    /// <summary>A rule that decides; returns whether it holds.</summary>
    public bool Require(bool holds, string clause, string check, string found, string expected)
    {
        Add(new VerificationCheck(clause, check, holds ? CheckResult.Passed : CheckResult.Failed, found, expected));
        return holds;
    }

    /// <summary>A rule that decides, where saying what was found costs more than finding it.</summary>
    public bool Require(bool holds, string clause, string check, Func<string> describe, string expected) =>
        (holds && _isBrief) || Require(holds, clause, check, describe(), expected);

    /// <summary>The same, where saying what was expected costs too.</summary>
    public bool Require(bool holds, string clause, string check, Func<string> describe, Func<string> expect) =>
        (holds && _isBrief) || Require(holds, clause, check, describe(), expect());

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
        if (!_isBrief || check.Result != CheckResult.Passed)
        {
            _checks.Add(check);
        }

        if (check.Result == CheckResult.Failed)
        {
            FirstFailure ??= check;
        }
    }
}
