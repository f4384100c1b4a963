using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spiffe.DevAgent;

/// <summary>How the agent reads and writes JSON: names as the documentation has them, in any case, and none that is unknown.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SettingsMessage))]
[JsonSerializable(typeof(ReadyMessage))]
[JsonSerializable(typeof(ConfigMessage))]
[JsonSerializable(typeof(UpdateMessage))]
[JsonSerializable(typeof(UpdateReply))]
[JsonSerializable(typeof(AuthoritiesMessage))]
internal sealed partial class AgentJson : JsonSerializerContext;
