namespace Spiffe.Commands;

/// <summary>Which files one command has written, by the numbers of their SVIDs.</summary>
internal sealed class WrittenFiles
{
    private readonly SortedDictionary<int, List<string>> _paths = [];
    private bool _hasAdopted;

    public void Add(int number, IEnumerable<OutputFile> files) => _paths[number] = [.. files.Select(file => file.Path)];

    /// <summary>
    /// Takes over, once, what another run of the command has written for the state before: what this one would have written
    /// then, as far as it is there unchanged.
    /// </summary>
    public void Adopt(
        IReadOnlyList<X509Svid> before, SvidLayout layout, Func<X509Svid, int, IReadOnlyList<OutputFile>> create)
    {
        for (int number = 0; !_hasAdopted && number < before.Count && (layout == SvidLayout.Spire || before.Count == 1); number++)
        {
            if (FindThere(() => create(before[number], number)) is { Length: > 0 } there)
            {
                Add(number, there);
            }
        }

        _hasAdopted = true;
    }

    public void Remove(int number, string path)
    {
        if (_paths.TryGetValue(number, out List<string>? paths) && paths.Remove(path) && paths.Count == 0)
        {
            _paths.Remove(number);
        }
    }

    /// <summary>The numbers that there are files of, from one on.</summary>
    public IReadOnlyList<int> FindNumbersFrom(int first) => [.. _paths.Keys.Where(number => number >= first)];

    /// <summary>The files of an SVID other than these, the key first.</summary>
    public IReadOnlyList<string> FindOthers(int number, IEnumerable<OutputFile> files) =>
        _paths.TryGetValue(number, out List<string>? paths) ? [.. paths.Except(files.Select(file => file.Path))] : [];

    private static OutputFile[] FindThere(Func<IReadOnlyList<OutputFile>> create)
    {
        try
        {
            return [.. create().Where(file => file.IsThere())];
        }
        catch (SpiffeException)
        {
            // What cannot be written now could not be then.
            return [];
        }
    }
}
