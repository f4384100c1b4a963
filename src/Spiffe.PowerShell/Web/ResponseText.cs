using System.Management.Automation;
using System.Text;
using System.Xml;
using Microsoft.PowerShell.Commands;

namespace Spiffe.Commands;

/// <summary>An answer as Invoke-RestMethod returns it: objects from JSON, a document from XML, otherwise text.</summary>
internal static class ResponseText
{
    private const int MaxDepth = 1024;

    /// <summary>Whether the answer says that it is text of some kind.</summary>
    public static bool IsText(HttpResponseMessage response) => MediaTypeOf(response) is var type &&
        (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || IsJson(type) || IsXml(type) ||
        type.Contains("javascript", StringComparison.OrdinalIgnoreCase) ||
        type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase));

    /// <summary>The text in the character set that the answer names, UTF-8 where it names none that is known.</summary>
    public static string Decode(HttpResponseMessage response, byte[] content)
    {
        Encoding encoding = Encoding.UTF8;
        try
        {
            if (response.Content.Headers.ContentType?.CharSet is { Length: > 0 } name)
            {
                encoding = Encoding.GetEncoding(name.Trim('"'));
            }
        }
        catch (ArgumentException)
        {
            // The server's word for it is not known here, and UTF-8 is the best guess.
        }

        using StreamReader reader = new(new MemoryStream(content), encoding, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    /// <summary>The answer as an object, whatever type it says that it is; null for the null of JSON.</summary>
    public static object? Convert(HttpResponseMessage response, byte[] content)
    {
        string text = Decode(response, content);
        return text.AsSpan().TrimStart() is ['<', ..] ? ToXml(text) ?? (object)text
            : TryReadJson(text, out object? value) ? value
            : text;
    }

    /// <summary>The items of an RSS feed or the entries of an Atom feed; null for what is neither.</summary>
    public static IEnumerable<object>? FindFeedItems(object? answer) =>
        answer is XmlDocument { DocumentElement: { } root } &&
        (root.Name.Equals("rss", StringComparison.OrdinalIgnoreCase) || root.Name.Equals("feed", StringComparison.OrdinalIgnoreCase))
            ? root.SelectNodes("//*[name() = 'item' or name() = 'entry']")!.Cast<XmlNode>()
            : null;

    private static bool TryReadJson(string text, out object? value)
    {
        try
        {
            // The engine, too, turns an empty text into nothing.
            value = JsonObject.ConvertFromJson(text, returnHashtable: false, MaxDepth, out ErrorRecord? error);
            return error is null && (value is not null || text.Trim() == "null");
        }
        catch (ArgumentException)
        {
            // It says that it is JSON and is not: Invoke-RestMethod gives the text, too.
            value = null;
            return false;
        }
    }

    private static XmlDocument? ToXml(string text)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(
                new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            XmlDocument document = new() { PreserveWhitespace = true, XmlResolver = null };
            document.Load(reader);
            return document;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string MediaTypeOf(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType ?? string.Empty;

    private static bool IsJson(string type) =>
        type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    private static bool IsXml(string type) =>
        type.Equals("application/xml", StringComparison.OrdinalIgnoreCase) ||
        type.Equals("text/xml", StringComparison.OrdinalIgnoreCase) ||
        type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase);
}
