namespace Spiffe;

/// <summary>Which files an X509-SVID is written to, and how.</summary>
internal sealed record SvidFileOptions
{
    public SvidLayout Layout { get; init; }

    /// <summary>Names other than those that the layout has; the layout Spire has no others.</summary>
    public string? CertificateFileName { get; init; }

    public string? KeyFileName { get; init; }

    public string? BundleFileName { get; init; }

    /// <summary>
    /// Of files with a private key in them. Null for the usual one, unless the file that is replaced has an access list.
    /// </summary>
    public UnixFileMode? KeyMode { get; init; }

    /// <summary>Of the other files; null as for <see cref="KeyMode"/>.</summary>
    public UnixFileMode? CertificateMode { get; init; }

    /// <summary>Whose the files become.</summary>
    public FileOwner Owner { get; init; }

    public bool IncludeFederated { get; init; }

    /// <summary>Whether authorities that have expired are left out.</summary>
    public bool OmitExpired { get; init; }

    public string Password { get; init; } = string.Empty;

    public PfxEncryption PfxEncryption { get; init; }
}
