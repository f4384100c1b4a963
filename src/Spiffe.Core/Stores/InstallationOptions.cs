namespace Spiffe;

/// <summary>How a certificate is put into a store.</summary>
internal sealed record InstallationOptions
{
    /// <summary>Whether the private key may be exported from the store.</summary>
    public bool IsExportable { get; init; }

    /// <summary>What consoles show as the certificate's name; null leaves it empty.</summary>
    public string? FriendlyName { get; init; }

    /// <summary>The accounts that may use the private key, beside those that the store itself lets do so.</summary>
    public IReadOnlyList<string> KeyReaders { get; init; } = [];
}
