using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spiffe.Commands;

/// <summary>How this process and an agent write to each other: one line of JSON a message.</summary>
internal static class DevAgentJson
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, s_options);

    /// <exception cref="JsonException">The line is something else.</exception>
    public static T Read<T>(string line) =>
        JsonSerializer.Deserialize<T>(line, s_options) ?? throw new JsonException("It is null.");
}
