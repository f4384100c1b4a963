using System.Runtime.Versioning;

namespace Spiffe.Helper;

/// <summary>A folder in which every name is a link into the generation that counts, so that all files become new in one step.</summary>
/// <remarks>
/// A generation begins with the files of the one before, so that what does not change stays as it is, and what does change keeps
/// its owner. The generation before stays until the next update, for readers that have begun with it.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class LinkedFolder : IKeptFolder
{
    private readonly string _home;
    private readonly FileStream _lock;
    private readonly Func<string, bool> _isObsolete;
    private HashSet<string> _published = [];
    private string? _previous;

    private LinkedFolder(string home, FileStream folderLock, Func<string, bool> isObsolete)
    {
        _home = home;
        _lock = folderLock;
        _isObsolete = isObsolete;
    }

    /// <summary>Takes the folder, and cleans up what a run has left behind that was killed.</summary>
    /// <param name="home">The folder.</param>
    /// <param name="isObsolete">
    /// Which names of an earlier run are removed unless they are written again. The others stay: they may belong to another configuration.
    /// </param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.HelperRunning"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>.
    /// </exception>
    public static LinkedFolder Open(string home, Func<string, bool> isObsolete)
    {
        FileStream folderLock = KeptFolderLock.Take(home);
        try
        {
            Generation.RemoveOthers(home, Generation.FindCurrent(home));
            return new LinkedFolder(home, folderLock, isObsolete);
        }
        catch (Exception exception)
        {
            folderLock.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw NotWritten(home, exception);
            }

            throw;
        }
    }

    public IReadOnlyList<string> Publish(IReadOnlyList<OutputFile> files)
    {
        try
        {
            return Exchange(files);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(_home, exception);
        }
    }

    public void Dispose() => _lock.Dispose();

    private IReadOnlyList<string> Exchange(IReadOnlyList<OutputFile> files)
    {
        string? current = Generation.FindCurrent(_home);
        FileInfo[] strangers = [.. files.Select(file => new FileInfo(file.Path)).Where(file => !IsOurs(file))];
        foreach (FileInfo stranger in strangers)
        {
            RefuseUnlessFile(stranger);
        }

        string next = Generation.Create(_home);
        try
        {
            HashSet<string> names = [.. files.Select(file => Path.GetFileName(file.Path))];
            string[] others = [.. NamesIn(current).Except(names)];
            string[] lost = [.. others.Where(name => _published.Contains(name) || _isObsolete(name))];
            Carry([.. files.Select(file => file.Path), .. others.Except(lost).Select(name => Path.Combine(_home, name))], next);
            IEnumerable<OutputFile> staged = files.Select(file => file with { Path = Path.Combine(next, Path.GetFileName(file.Path)) });
            HashSet<string> changed = [.. AtomicFile.Write([.. staged], ExistingFiles.ReplaceAny).Select(path => Path.GetFileName(path))];
            _published = names;
            if (changed.Count == 0 && lost.Length == 0 && strangers.Length == 0)
            {
                Generation.RemoveOthers(_home, current, _previous);
                return [];
            }

            Adopt(strangers, current);
            Generation.MakeCurrent(_home, next);
            RemoveLost(lost);
            _previous = lost.Length == 0 ? current : null;
            Generation.RemoveOthers(_home, next, _previous);
            return [.. files.Select(file => file.Path).Where(path => changed.Contains(Path.GetFileName(path)))];
        }
        catch (SpiffeException)
        {
            // What was staged: the next call would remove it too.
            Generation.RemoveOthers(_home, Generation.FindCurrent(_home), _previous);
            throw;
        }
    }

    /// <summary>
    /// Makes links of names that are files. Before that, a generation with what all names stand for now: so nothing a reader sees
    /// changes with that.
    /// </summary>
    private void Adopt(FileInfo[] strangers, string? current)
    {
        if (strangers.Any(stranger => stranger.Exists))
        {
            string present = Generation.Create(_home);
            Carry([.. NamesIn(current).Select(name => Path.Combine(_home, name)), .. strangers.Select(stranger => stranger.FullName)], present);
            Generation.MakeCurrent(_home, present);
        }

        foreach (FileInfo stranger in strangers)
        {
            Generation.SetLink(_home, stranger.FullName, TargetOf(stranger.Name));
        }
    }

    /// <summary>Gives a generation the files that are there, with their owners.</summary>
    private void Carry(IEnumerable<string> paths, string generation)
    {
        foreach (string path in paths)
        {
            string copy = Path.Combine(generation, Path.GetFileName(path));
            if (!UnixName.TryLink(ResolveName(path), copy) && File.Exists(path) && !File.Exists(copy))
            {
                File.Copy(path, copy);
            }
        }
    }

    private void RemoveLost(string[] names)
    {
        foreach (string name in names)
        {
            FileInfo link = new(Path.Combine(_home, name));
            if (IsOurs(link))
            {
                link.Delete();
            }
        }
    }

    /// <summary>The file itself where its name is a link of ours: a hard link to a link would be a link.</summary>
    private string ResolveName(string path) =>
        IsOurs(new FileInfo(path)) ? Path.Combine(_home, TargetOf(Path.GetFileName(path))) : path;

    private static bool IsOurs(FileInfo file) => file.LinkTarget == TargetOf(file.Name);

    private static string TargetOf(string name) => Generation.LinkName + "/" + name;

    private static IEnumerable<string> NamesIn(string? generation) =>
        Directory.Exists(generation) ? Directory.EnumerateFiles(generation).Select(path => Path.GetFileName(path)) : [];

    private static void RefuseUnlessFile(FileInfo file)
    {
        string? fault = file.LinkTarget is { } target ? $"is a link to '{target}'"
            : Directory.Exists(file.FullName) ? "is a folder"
            : null;
        if (fault is not null)
        {
            throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"'{file.FullName}' {fault}; expected a file, or nothing.");
        }
    }

    private static SpiffeException NotWritten(string home, Exception exception) =>
        new(SpiffeErrorReason.WriteFailed, $"The files in '{home}' were not written: {exception.Message}", exception);
}
