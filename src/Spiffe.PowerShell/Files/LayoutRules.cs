namespace Spiffe.Commands;

/// <summary>Which parameters of Export-SpiffeX509Svid go with which layout.</summary>
internal static class LayoutRules
{
    private static readonly string[] s_names =
    [
        nameof(ExportSpiffeX509SvidCommand.CertificateFileName),
        nameof(ExportSpiffeX509SvidCommand.KeyFileName),
        nameof(ExportSpiffeX509SvidCommand.BundleFileName),
    ];

    /// <summary>What does not fit, or null.</summary>
    public static string? FindFault(SvidLayout layout, IReadOnlyDictionary<string, object> bound)
    {
        string[] useless =
        [
            .. layout == SvidLayout.Spire ? s_names : [],
            .. layout is SvidLayout.Pfx or SvidLayout.Combined ? [nameof(ExportSpiffeX509SvidCommand.KeyFileName)] : Array.Empty<string>(),
            .. layout == SvidLayout.Pfx
                ? []
                : new[] { nameof(ExportSpiffeX509SvidCommand.Password), nameof(ExportSpiffeX509SvidCommand.PfxEncryption) },
        ];
        if (useless.FirstOrDefault(bound.ContainsKey) is { } name)
        {
            return $"The layout {layout} does not use -{name}.";
        }

        if (layout == SvidLayout.Pfx && !bound.ContainsKey(nameof(ExportSpiffeX509SvidCommand.Password)))
        {
            return "A PFX file needs a password, and there is none.";
        }

        return FindTwins(layout, bound) is { } twin ? $"Two files would have the name '{twin}'." : null;
    }

    private static string? FindTwins(SvidLayout layout, IReadOnlyDictionary<string, object> bound)
    {
        SvidFileNames names = SvidFileNames.Create(
            new SvidFileOptions
            {
                Layout = layout,
                CertificateFileName = bound.GetValueOrDefault(s_names[0]) as string,
                KeyFileName = bound.GetValueOrDefault(s_names[1]) as string,
                BundleFileName = bound.GetValueOrDefault(s_names[2]) as string,
            },
            number: 0);
        string[] all = layout is SvidLayout.Pfx or SvidLayout.Combined
            ? [names.Certificate, names.Bundle ?? string.Empty]
            : [names.Certificate, names.Key, names.Bundle!];
        return all.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;
    }
}
