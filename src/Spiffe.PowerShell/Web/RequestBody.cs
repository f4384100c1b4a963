using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml;

namespace Spiffe.Commands;

/// <summary>What a request carries, made of the objects that Invoke-WebRequest takes too.</summary>
internal static class RequestBody
{
    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>Names and values as a query or a form has them.</summary>
    public static string EncodeForm(IDictionary values) => string.Join(
        '&',
        values.Cast<DictionaryEntry>().Select(entry =>
            $"{WebUtility.UrlEncode(ToText(entry.Key))}={WebUtility.UrlEncode(ToText(entry.Value))}"));

    /// <summary>The content for -Body.</summary>
    /// <param name="body">Text, bytes, a stream, XML, names with values, or an object to convert to text.</param>
    /// <param name="contentType">The user's wish; null for what fits.</param>
    /// <param name="isPost">Whether the method is POST, whose text is a form unless something else is said.</param>
    public static HttpContent Create(object body, string? contentType, bool isPost)
    {
        object plain = body is PSObject wrapped ? wrapped.BaseObject : body;
        MediaTypeHeaderValue? type = contentType is null ? null : ParseType(contentType);
        HttpContent content = plain switch
        {
            byte[] bytes => new ByteArrayContent(bytes),
            Stream stream => new StreamContent(stream),
            _ => new ByteArrayContent(EncodingOf(type).GetBytes(ToBodyText(plain))),
        };
        content.Headers.ContentType = type ?? (plain is IDictionary || isPost ? new MediaTypeHeaderValue(FormType) : null);
        return content;
    }

    /// <summary>The content for -Form: files as FileInfo, anything else as text, several of a name as a list.</summary>
    public static MultipartFormDataContent CreateForm(IDictionary form)
    {
        MultipartFormDataContent content = [];
        foreach (DictionaryEntry entry in form)
        {
            AddPart(content, ToText(entry.Key), entry.Value);
        }

        return content;
    }

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.RequestInvalid"/></exception>
    public static MediaTypeHeaderValue ParseType(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
            ? type
            : throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid,
                $"The content type is {Quoted.Text(contentType)}; expected one such as 'application/json' or 'text/plain; charset=utf-8'.");

    private static void AddPart(MultipartFormDataContent content, string name, object? value)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case FileInfo file:
                content.Add(WebFile.CreateContent(file.FullName, contentType: null), Quote(name), Quote(file.Name));
                break;
            case IEnumerable list and not string:
                foreach (object? item in list)
                {
                    AddPart(content, name, item);
                }

                break;
            default:
                content.Add(new StringContent(ToText(plain)), Quote(name));
                break;
        }
    }

    /// <summary>Servers expect the names in quotes (RFC 7578, section 4.2), and .NET adds them only where it must.</summary>
    private static string Quote(string name) => name.StartsWith('"') ? name : $"\"{name}\"";

    private static string ToBodyText(object plain) => plain switch
    {
        IDictionary form => EncodeForm(form),
        XmlNode xml => xml.OuterXml,
        _ => ToText(plain),
    };

    private static string ToText(object? value) => LanguagePrimitives.ConvertTo<string>(value);

    private static Encoding EncodingOf(MediaTypeHeaderValue? type)
    {
        try
        {
            return type?.CharSet is { Length: > 0 } name ? Encoding.GetEncoding(name.Trim('"')) : Encoding.UTF8;
        }
        catch (ArgumentException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, $"There is no character set {Quoted.Text(type!.CharSet!)}.", exception);
        }
    }
}
