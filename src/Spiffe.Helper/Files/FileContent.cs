namespace Spiffe.Helper;

/// <summary>The files that an answer of the Workload API turns into.</summary>
/// <param name="Files">All of them.</param>
/// <param name="SpiffeId">Whose they are; null for bundles.</param>
/// <param name="ExpiresAt">When what is in them expires; null for bundles.</param>
internal sealed record FileContent(IReadOnlyList<OutputFile> Files, SpiffeId? SpiffeId = null, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>The files of the SVID that the configuration chooses.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.HintNotFound"/>, or as for <see cref="HelperFiles.CreateX509"/>.
    /// </exception>
    public static FileContent Create(IReadOnlyList<X509Svid> svids, HelperConfiguration configuration, HelperOptions options)
    {
        X509Svid svid = Choose(svids, configuration.Hint);
        return new FileContent(HelperFiles.CreateX509(svid, configuration, options.HasFederatedFiles), svid.SpiffeId, svid.Expiry);
    }

    public static FileContent Create(IReadOnlyList<SpiffeBundle> bundles, HelperConfiguration configuration) =>
        new([HelperFiles.CreateJwtBundle(bundles, configuration)]);

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.HintNotFound"/></exception>
    public static FileContent Create(IReadOnlyList<JwtSvid> svids, string path, HelperConfiguration configuration)
    {
        JwtSvid svid = Choose(svids, configuration.Hint);
        return new FileContent([HelperFiles.CreateJwtSvid(svid, path, configuration)], svid.SpiffeId, svid.Expiry);
    }

    private static TSvid Choose<TSvid>(IReadOnlyList<TSvid> svids, string hint)
        where TSvid : Svid => hint.Length == 0
        ? svids[0]
        : svids.FirstOrDefault(svid => svid.Hint == hint) ?? throw new SpiffeException(
            SpiffeErrorReason.HintNotFound,
            $"No SVID has the hint {Quoted.Text(hint)}; there are: " +
            $"{string.Join(", ", svids.Select(svid => $"{svid} ({Quoted.Text(svid.Hint)})"))}.");
}
