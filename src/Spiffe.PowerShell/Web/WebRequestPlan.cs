using System.Collections;
using System.Collections.Frozen;
using System.Globalization;
using System.Management.Automation;
using System.Net.Http.Headers;

namespace Spiffe.Commands;

/// <summary>A request as the user described it, from which each attempt makes a message of its own.</summary>
internal sealed record WebRequestPlan
{
    private const string DefaultUserAgent = "Spiffe-PowerShell/1.0";

    // Those that .NET keeps with the content (RFC 9110, section 8).
    private static readonly FrozenSet<string> s_contentHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-MD5",
        "Content-Range", "Content-Type", "Expires", "Last-Modified");

    public required Uri Uri { get; init; }

    public required HttpMethod Method { get; init; }

    public required IDictionary Headers { get; init; }

    public required Version Version { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>Makes the content anew for each attempt; null for none.</summary>
    public Func<HttpContent>? CreateContent { get; init; }

    /// <summary>Whether the content has the type that the user gave it, whatever the headers say.</summary>
    public bool HasContentType { get; init; }

    public bool SkipsHeaderValidation { get; init; }

    /// <summary>A host without a scheme is asked over https, and another scheme is refused: no peer shows an SVID there.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.RequestInvalid"/> or <see cref="SpiffeErrorReason.PeerHasNoSvid"/>.
    /// </exception>
    public static Uri ParseUri(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out Uri? uri))
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid,
                // User information may be a password.
                $"{(text.Contains('@', StringComparison.Ordinal) ? "This" : Quoted.Text(text))} is not an address; " +
                "expected one such as 'https://orders.example.org/api'.");
        }

        return uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new SpiffeException(
                SpiffeErrorReason.PeerHasNoSvid,
                $"Over {uri.Scheme}, the server shows no SVID, and what is sent can be read by others; expected an address that begins with https://.");
    }

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.RequestInvalid"/></exception>
    public static HttpMethod ParseMethod(string name)
    {
        try
        {
            return new HttpMethod(name);
        }
        catch (FormatException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, $"{Quoted.Text(name)} is not a method; expected a word such as PROPFIND.", exception);
        }
    }

    /// <summary>The address with names and values behind what it asks already.</summary>
    public static Uri AddQuery(Uri uri, IDictionary values)
    {
        UriBuilder builder = new(uri);
        string separator = builder.Query.Length > 1 ? "&" : string.Empty;
        builder.Query = builder.Query + separator + RequestBody.EncodeForm(values);
        return builder.Uri;
    }

    /// <param name="token">A JWT-SVID to send as bearer; null for none.</param>
    public HttpRequestMessage CreateMessage(string? token)
    {
        HttpRequestMessage message = new(Method, Uri)
        {
            Version = Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = CreateContent?.Invoke(),
        };
        AddHeader(message, "User-Agent", UserAgent ?? DefaultUserAgent);
        foreach (DictionaryEntry header in Headers)
        {
            AddHeader(message, ToText(header.Key), ToText(header.Value));
        }

        if (token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return message;
    }

    public bool HasHeader(string name) => Headers.Keys.Cast<object>().Any(key =>
        string.Equals(ToText(key), name, StringComparison.OrdinalIgnoreCase));

    private static string ToText(object? value) =>
        LanguagePrimitives.ConvertTo(value, typeof(string), CultureInfo.InvariantCulture) as string ?? string.Empty;

    /// <summary>Headers about the content are sent with it, and not at all without one.</summary>
    private void AddHeader(HttpRequestMessage message, string name, string value)
    {
        if (HasContentType && name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        HttpHeaders? headers = s_contentHeaders.Contains(name) ? message.Content?.Headers : message.Headers;
        if (headers is not null && !TryReplace(headers, name, value))
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid,
                $"The header {Quoted.Text(name)} cannot be sent with such a value; -SkipHeaderValidation leaves the check to the server.");
        }
    }

    private bool TryReplace(HttpHeaders headers, string name, string value)
    {
        try
        {
            headers.Remove(name);
            if (SkipsHeaderValidation)
            {
                return headers.TryAddWithoutValidation(name, value);
            }

            headers.Add(name, value);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            return false;
        }
    }
}
