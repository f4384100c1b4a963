namespace Spiffe.Tls;

/// <summary>The rules for the URL of a bundle endpoint (Federation, sections 5.2.1.1 and 5.2.2.1).</summary>
internal static class BundleEndpointUri
{
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleEndpointInvalid"/></exception>
    public static Uri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            ? FindFault(uri) is { } fault ? throw Invalid(text, fault) : uri
            : throw Invalid(text, "it is not an absolute URL");
    }

    /// <summary>What keeps a URL from being a bundle endpoint's; null where nothing does.</summary>
    public static string? FindFault(Uri uri) =>
        uri.Scheme != Uri.UriSchemeHttps ? $"its scheme is {Quoted.Text(uri.Scheme)}, and only 'https' is allowed"
        : HasUserInfo(uri) ? "it has user information, which is not allowed"
        : uri.Host.Length == 0 ? "it has no host"
        : null;

    // Uri tells no user information from an empty one.
    private static bool HasUserInfo(Uri uri)
    {
        string text = uri.OriginalString;
        int start = text.IndexOf("//", StringComparison.Ordinal) + 2;
        int length = text.AsSpan(start).IndexOfAny("/\\?#");
        ReadOnlySpan<char> authority = length < 0 ? text.AsSpan(start) : text.AsSpan(start, length);
        return uri.UserInfo.Length > 0 || authority.Contains('@');
    }

    // User information may be a password: none of the URL is repeated then.
    private static SpiffeException Invalid(string text, string fault) => new(
        SpiffeErrorReason.BundleEndpointInvalid,
        text.Contains('@', StringComparison.Ordinal)
            ? $"The URL is not valid for a bundle endpoint: {fault}."
            : $"The URL {Quoted.Text(text)} is not valid for a bundle endpoint: {fault}.");
}
