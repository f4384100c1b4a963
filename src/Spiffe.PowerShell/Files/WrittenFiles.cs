namespace Spiffe.Commands;

/// <summary>Which files one command has written, by the numbers of their SVIDs.</summary>
internal sealed class WrittenFiles
{
    private readonly SortedDictionary<int, List<string>> _paths = [];

    public void Add(int number, IEnumerable<OutputFile> files) => _paths[number] = [.. files.Select(file => file.Path)];

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
}
