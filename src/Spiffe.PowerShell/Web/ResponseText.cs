using System.Management.Automation;
using System.Text;
using System.Xml;
using Microsoft.PowerShell.Commands;

namespace Spiffe.Commands;

/// <summary>What Invoke-RestMethod makes of an answer: objects of JSON, a document of XML, else text.</summary>
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

    /// <summary>The answer as an object.</summary>
    public static object Convert(HttpResponseMessage response, byte[] content)
    {
        string text = Decode(response, content);
        string type = MediaTypeOf(response);
        object? converted = IsXml(type) ? ToXml(text)
            : IsJson(type) || type.Length == 0 || type.Equals("text/plain", StringComparison.OrdinalIgnoreCase) ? ToObjects(text)
            : null;
        return converted ?? text;
    }

    private static object? ToObjects(string text)
    {
        if (text.Trim() is not ['{' or '[' or '"', ..] and not "true" and not "false" and not "null" &&
            !double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _))
        {
            return null;
        }

        try
        {
            object? converted = JsonObject.ConvertFromJson(text, returnHashtable: false, MaxDepth, out ErrorRecord? error);
            return error is null ? converted : null;
        }
        catch (ArgumentException)
        {
            // It says that it is JSON and is not: Invoke-RestMethod gives the text, too.
            return null;
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
