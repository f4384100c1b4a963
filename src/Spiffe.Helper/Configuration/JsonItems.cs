using System.Text.Json;

namespace Spiffe.Helper;

/// <summary>Reads a configuration in JSON into the same items as HCL.</summary>
internal static class JsonItems
{
    private static readonly JsonReaderOptions s_options = new() { AllowTrailingCommas = true, MaxDepth = 64 };

    /// <param name="utf8">All of the file.</param>
    /// <exception cref="ConfigurationFaultException">Where it is not JSON.</exception>
    public static IReadOnlyList<HclItem> Parse(byte[] utf8)
    {
        Utf8JsonReader reader = new(utf8, s_options);
        try
        {
            reader.Read();
            IReadOnlyList<HclItem> items = ((HclObject)ReadValue(ref reader, utf8)).Items;
            while (reader.Read())
            {
                // What follows the object makes it throw.
            }

            return items;
        }
        catch (JsonException exception)
        {
            throw new ConfigurationFaultException(
                new FilePosition((int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1), "it is not valid JSON");
        }
        catch (InvalidOperationException)
        {
            throw new ConfigurationFaultException(PositionOf(reader.TokenStartIndex, utf8), "a string has half of a character in it");
        }
    }

    private static HclValue ReadValue(ref Utf8JsonReader reader, byte[] utf8)
    {
        FilePosition position = PositionOf(reader.TokenStartIndex, utf8);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, utf8, position);
            case JsonTokenType.StartArray:
                List<HclValue> values = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    values.Add(ReadValue(ref reader, utf8));
                }

                return new HclList(values, position);
            case JsonTokenType.Number:
                string number = System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
                HclTokenKind kind = number.AsSpan().ContainsAny(".eE") ? HclTokenKind.Float : HclTokenKind.Number;
                return new HclLiteral(kind, number, position);
            case JsonTokenType.True or JsonTokenType.False:
                return new HclLiteral(HclTokenKind.Bool, reader.GetBoolean() ? "true" : "false", position);
            default:
                // Null counts as an empty string.
                return new HclLiteral(HclTokenKind.String, reader.GetString() ?? string.Empty, position);
        }
    }

    private static HclObject ReadObject(ref Utf8JsonReader reader, byte[] utf8, FilePosition position)
    {
        List<HclItem> items = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            HclKey key = new(reader.GetString()!, IsChecked: true, PositionOf(reader.TokenStartIndex, utf8));
            reader.Read();
            items.AddRange(Flatten([key], ReadValue(ref reader, utf8)));
        }

        return new HclObject(items, position);
    }

    /// <summary>
    /// An object of nothing but objects is taken for labelled blocks, and an array of nothing but objects for as many blocks.
    /// </summary>
    private static IEnumerable<HclItem> Flatten(IReadOnlyList<HclKey> keys, HclValue value) => value switch
    {
        HclObject { Items: { Count: > 0 } items } when items.All(item => item.Value is HclObject) =>
            items.SelectMany(item => Flatten([.. keys, .. item.Keys], item.Value)),
        HclList { Values: { Count: > 0 } values } when values.All(element => element is HclObject) =>
            values.SelectMany(element => Flatten(keys, element)),
        _ => [new HclItem(keys, value)],
    };

    private static FilePosition PositionOf(long offset, byte[] utf8)
    {
        ReadOnlySpan<byte> before = utf8.AsSpan(0, (int)offset);
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new FilePosition(before.Count((byte)'\n') + 1, System.Text.Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
