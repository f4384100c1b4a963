namespace Spiffe.Helper;

/// <summary>What a configuration may contain but probably should not.</summary>
internal static class HelperWarnings
{
    private const UnixFileMode OthersRead = UnixFileMode.OtherRead;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int ModeBits = 0b111_111_111;

    public static IEnumerable<HelperFinding> Find(HelperKeys keys, HelperConfiguration configuration) =>
    [
        .. keys.IgnoredKeys.Select(key => Warn(key.Position, $"the key {Quoted.Text(key.Text)} is unknown and is ignored")),
        .. FindDecimalModes(keys),
        .. FindWideModes(keys, configuration),
        .. FindPaths(keys, configuration),
        .. FindOneShot(keys, configuration),
        .. configuration.IncludeFederatedDomains
            ? [Warn(keys.IncludeFederatedDomains.Position,
                "include_federated_domains puts the authorities of several trust domains into one file, so that each of them can " +
                "vouch for every trust domain (SPIFFE Federation, section 4.2); -FederatedFiles writes one file for each") with { IsAboutFederation = true }]
            : Array.Empty<HelperFinding>(),
    ];

    private static IEnumerable<HelperFinding> FindDecimalModes(HelperKeys keys)
    {
        foreach ((string key, Setting<long> mode) in Modes(keys))
        {
            if (mode.Text is { } text && GoInteger.IsDecimal(text))
            {
                string octal = HelperConfiguration.Octal((UnixFileMode)(mode.Value & ModeBits));
                yield return Warn(
                    mode.Position,
                    $"{key} = {text} is a decimal number and means the mode {octal}; a mode is written with a leading 0, as 0{text}");
            }

            if (mode.Value > ModeBits)
            {
                yield return Warn(mode.Position, $"{key} has more than the bits 0777; the others are left out");
            }
        }
    }

    private static IEnumerable<HelperFinding> FindWideModes(HelperKeys keys, HelperConfiguration configuration)
    {
        if (configuration.KeyPath is not null && (configuration.KeyMode & OthersRead) != 0)
        {
            yield return Warn(
                keys.KeyMode.Position,
                $"every account can read the private key: key_file_mode is {HelperConfiguration.Octal(configuration.KeyMode)}");
        }

        if (configuration.JwtSvids.Count > 0 && (configuration.JwtSvidMode & OthersRead) != 0)
        {
            yield return Warn(
                keys.JwtSvidMode.Position,
                $"every account can read the tokens: jwt_svid_file_mode is {HelperConfiguration.Octal(configuration.JwtSvidMode)}");
        }

        UnixFileMode[] modes =
            [configuration.CertificateMode, configuration.KeyMode, configuration.JwtBundleMode, configuration.JwtSvidMode];
        foreach (((string key, Setting<long> setting), UnixFileMode mode) in Modes(keys).Zip(modes))
        {
            if ((mode & OthersWrite) != 0)
            {
                yield return Warn(setting.Position, $"other accounts can write the files: {key} is {HelperConfiguration.Octal(mode)}");
            }
        }
    }

    private static IEnumerable<HelperFinding> FindPaths(HelperKeys keys, HelperConfiguration configuration)
    {
        string inside = Path.TrimEndingDirectorySeparator(configuration.Folder) + Path.DirectorySeparatorChar;
        IEnumerable<Setting<string>> names =
        [
            keys.CertificateFileName, keys.KeyFileName, keys.BundleFileName,
            .. keys.JwtSvids.Select(svid => svid.FileName), keys.JwtBundleFileName,
        ];
        foreach (Setting<string> name in names.Where(name => name.Value.Length > 0 && keys.Folder.Value.Length > 0))
        {
            string path = Path.GetFullPath(configuration.Folder + "/" + name.Value);
            if (!path.StartsWith(inside, StringComparison.Ordinal))
            {
                yield return Warn(name.Position, $"{Quoted.Text(name.Value)} leads out of cert_dir, to '{path}'");
            }
        }

        string[] folders = [.. HelperFiles.PathsOf(configuration).Select(path => Path.GetDirectoryName(path)!).Distinct()];
        if (folders.Length > 1)
        {
            yield return Warn(keys.CertificateFileName.Position,
                $"the files are in {folders.Length} folders; those of one folder become new together, one folder after the other");
        }

        foreach (string folder in folders.Where(folder => !Directory.Exists(folder)))
        {
            FilePosition place = keys.Folder.Position;
            yield return new HelperFinding(
                HelperFindingSeverity.Error, place.Line, place.Column, $"the folder {Quoted.Text(folder)} does not exist");
        }
    }

    private static IEnumerable<HelperFinding> FindOneShot(HelperKeys keys, HelperConfiguration configuration)
    {
        if (configuration.IsOneShot && keys.Command.Value.Length > 0)
        {
            yield return Warn(keys.Command.Position, "cmd has no effect when the files are written once");
        }

        if (configuration.IsOneShot && keys.RenewSignal.Value.Length > 0)
        {
            yield return Warn(keys.RenewSignal.Position, "renew_signal has no effect when the files are written once");
        }

        if (configuration.Command is { } command && ProgramFile.Find(command, configuration.WorkingFolder) is null)
        {
            yield return Warn(keys.Command.Position, $"there is no program {Quoted.Text(command)} here");
        }
    }

    private static (string Key, Setting<long> Mode)[] Modes(HelperKeys keys) =>
    [
        ("cert_file_mode", keys.CertificateMode),
        ("key_file_mode", keys.KeyMode),
        ("jwt_bundle_file_mode", keys.JwtBundleMode),
        ("jwt_svid_file_mode", keys.JwtSvidMode),
    ];

    private static HelperFinding Warn(FilePosition position, string message) =>
        new(HelperFindingSeverity.Warning, position.Line, position.Column, message);
}
