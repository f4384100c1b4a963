using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spiffe.DevAgent;

/// <summary>How the agent reads and writes its files: names in any case, and an unknown name is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ConfigMessage))]
[JsonSerializable(typeof(AuthoritiesMessage))]
internal sealed partial class AgentJson : JsonSerializerContext;
