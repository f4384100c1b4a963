using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spiffe;

/// <summary>Reads a list of strings that may be written as one string where it has one.</summary>
internal sealed class OneOrMore : JsonConverter<string[]>
{
    public override string[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!];
        }

        List<string> list = [];
        for (bool isArray = reader.TokenType == JsonTokenType.StartArray; isArray && reader.Read();)
        {
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                return [.. list];
            }

            list.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw NotStrings());
        }

        throw NotStrings();
    }

    public override void Write(Utf8JsonWriter writer, string[] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        Array.ForEach(value, writer.WriteStringValue);
        writer.WriteEndArray();
    }

    // Without a message of its own the serializer says which member it is.
    private static JsonException NotStrings() => new();
}
