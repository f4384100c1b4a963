using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Spiffe;

/// <summary>A file to write, and what has its name now.</summary>
internal sealed class TargetFile
{
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private const UnixFileMode AnyOther = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly bool _isNew;
    private readonly bool _isLink;
    private UnixFileMode? _oldMode;
    private FileOwner _oldOwner;

    private TargetFile(OutputFile file, FileInfo now, bool isNew, bool isLink)
    {
        File = file;
        _isNew = isNew;
        _isLink = isLink;
        if (OperatingSystem.IsLinux() && !isNew && !isLink)
        {
            Attributes = FileAttributeList.Read(file.Path);
            File = file with { Owner = file.Owner.Or(UnixFile.FindOwner(file.Path) ?? default), Mode = FindMode(file, now.UnixFileMode) };
        }
    }

    /// <summary>With the owner, the group and the mode of what it replaces where those stay.</summary>
    public OutputFile File { get; }

    /// <summary>Those of what it replaces; null where there are none to keep.</summary>
    public FileAttributeList? Attributes { get; }

    /// <summary>What <see cref="IsUpToDate"/> has found; null where nothing was read.</summary>
    public byte[]? OldContent { get; private set; }

    /// <summary>Looks at the target, and changes nothing.</summary>
    /// <exception cref="SpiffeException">The file cannot be placed there, or an existing one must stay.</exception>
    public static TargetFile Find(OutputFile file, ExistingFiles existing)
    {
        string path = file.Path;
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw NotWritable($"The path {Quoted.Text(path)} contains a null character.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"The folder of '{path}' does not exist.");
        }

        FileInfo now = new(path);
        bool isLink = now.LinkTarget is not null;
        if (Directory.Exists(path) && !isLink)
        {
            throw NotWritable($"'{path}' is a folder; expected a file.");
        }

        bool isNew = !isLink && !now.Exists;
        if (existing == ExistingFiles.Keep && !isNew)
        {
            throw new SpiffeException(SpiffeErrorReason.FileExists, $"The file '{path}' exists.");
        }

        if (existing == ExistingFiles.Replace && isLink)
        {
            throw NotWritable($"'{path}' is a link to '{now.LinkTarget}'; use -Force to replace it.");
        }

        // A file whose own mode is read-only is renewed all the same.
        if (existing == ExistingFiles.Replace && now.Exists && IsReadOnly(now) && (file.Mode & AnyWrite) != 0)
        {
            throw NotWritable($"The file '{path}' is read-only; use -Force to replace it.");
        }

        if (OperatingSystem.IsLinux() && now.Exists && !isLink)
        {
            RefuseStranger(file);
        }

        return new TargetFile(file, now, isNew, isLink);
    }

    /// <summary>Whether the file is current. If only its mode differs, the mode is corrected.</summary>
    public bool IsUpToDate()
    {
        if (_isNew || _isLink)
        {
            return false;
        }

        try
        {
            // Pipes and devices have no length, and reading one could last for ever.
            if (new FileInfo(File.Path).Length is 0 or > BoundedFile.MaxLength)
            {
                return false;
            }

            using FileStream stream = new(File.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            OldContent = new byte[stream.Length];
            stream.ReadExactly(OldContent);
            if (!OperatingSystem.IsWindows())
            {
                _oldMode = System.IO.File.GetUnixFileMode(stream.SafeFileHandle);
                _oldOwner = UnixFile.FindOwner(stream.SafeFileHandle) ?? default;
            }

            bool isSame = File.IsSame?.Invoke(OldContent) ?? OldContent.AsSpan().SequenceEqual(File.Content);
            return OperatingSystem.IsWindows() ? isSame : isSame && TryCorrect(stream.SafeFileHandle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is gone, or belongs to another account: the write will show whether it can be replaced.
            return false;
        }
    }

    /// <summary>Brings back what was there before; false where that is not known or not possible.</summary>
    public bool TryRestore()
    {
        try
        {
            if (_isNew)
            {
                AtomicFile.Delete(File.Path);
                return true;
            }

            if (OldContent is null)
            {
                return false;
            }

            using StagedFile old = StagedFile.Create(
                File with { Content = OldContent, Mode = _oldMode ?? File.Mode, Owner = _oldOwner }, Attributes);
            old.Publish(ExistingFiles.ReplaceAny);
            return true;
        }
        catch (SpiffeException)
        {
            // The error that led here is the one to tell.
            return false;
        }
    }

    /// <summary>Where everyone may create files, someone could plant one under the name of a secret in order to read it.</summary>
    [SupportedOSPlatform("linux")]
    private static void RefuseStranger(OutputFile file)
    {
        DirectoryInfo folder = new(Path.GetDirectoryName(file.Path)!);
        if ((file.Mode & UnixFileMode.OtherRead) == 0 && file.Owner.User is null &&
            (folder.UnixFileMode & UnixFileMode.OtherWrite) != 0 &&
            UnixFile.FindOwner(file.Path)?.User is { } user && user != UnixFile.CurrentUser &&
            user != UnixFile.FindOwner(folder.FullName)?.User)
        {
            throw NotWritable(
                $"'{file.Path}' belongs to {UnixAccount.NameOf(user)}, in a folder that everyone may write to; expected an owner " +
                "that is this account, the folder's, or asked for.");
        }
    }

    /// <summary>Sets mode and owner right; what cannot be is a matter for a new file.</summary>
    [UnsupportedOSPlatform("windows")]
    private bool TryCorrect(SafeFileHandle handle)
    {
        FileOwner now = UnixFile.FindOwner(handle) ?? File.Owner;
        if (File.Owner.Or(now) != now)
        {
            UnixFile.SetOwner(handle, File.Owner);
        }

        if (_oldMode != File.Mode)
        {
            System.IO.File.SetUnixFileMode(handle, File.Mode);
        }

        return true;
    }

    /// <summary>The mode limits an access list: if the list is kept, so is the mode. Others never gain access to a secret.</summary>
    [SupportedOSPlatform("linux")]
    private UnixFileMode FindMode(OutputFile file, UnixFileMode now)
    {
        if (!file.KeepsAccessList || Attributes is not { HasAccessList: true })
        {
            return file.Mode;
        }

        return (file.Mode & UnixFileMode.OtherRead) == 0 ? now & ~AnyOther : now;
    }

    private static bool IsReadOnly(FileInfo file) =>
        OperatingSystem.IsWindows() ? file.IsReadOnly : (file.UnixFileMode & AnyWrite) == 0;

    private static SpiffeException NotWritable(string message) => new(SpiffeErrorReason.WriteFailed, message);
}
