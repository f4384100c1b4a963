namespace Spiffe.Commands;

/// <summary>Which of several things a user asked for: those that meet every criterion.</summary>
/// <remarks>An absent criterion (null) is met by all of them; an empty one by none.</remarks>
internal sealed class Selection<TItem>
{
    private readonly List<Criterion> _criteria = [];

    /// <summary>Adds a criterion.</summary>
    /// <param name="values">The values asked for, of which an item must have one; null where the user named none.</param>
    /// <param name="read">The item's value.</param>
    /// <param name="explain">Says of a value that no item has it; the items are those that meet the criteria before.</param>
    /// <param name="comparer">How values are compared.</param>
    public Selection<TItem> By<TValue>(
        TValue[]? values,
        Func<TItem, TValue> read,
        Func<TValue, IReadOnlyList<TItem>, SpiffeException> explain,
        IEqualityComparer<TValue>? comparer = null)
        where TValue : notnull
    {
        if (values is not null)
        {
            _criteria.Add(new Criterion(
                item => values.Contains(read(item), comparer),
                (items, report) =>
                {
                    foreach (TValue value in values.Except(items.Select(read), comparer))
                    {
                        report(explain(value, items), value);
                    }
                }));
        }

        return this;
    }

    public bool IsMatch(TItem item) => _criteria.TrueForAll(criterion => criterion.IsMet(item));

    /// <summary>The selected ones in their order; a value that no item has is reported, once.</summary>
    /// <param name="items">All that there are.</param>
    /// <param name="report">Takes the error and the value.</param>
    public IReadOnlyList<TItem> Select(IReadOnlyList<TItem> items, Action<SpiffeException, object> report)
    {
        IReadOnlyList<TItem> left = items;
        foreach (Criterion criterion in _criteria)
        {
            criterion.Report(left, report);
            left = [.. left.Where(criterion.IsMet)];
            if (left.Count == 0)
            {
                break;
            }
        }

        return left;
    }

    private sealed record Criterion(
        Func<TItem, bool> IsMet, Action<IReadOnlyList<TItem>, Action<SpiffeException, object>> Report);
}
