using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spiffe;

/// <summary>How cmdlets and agent write to each other: one line of JSON per message. An unknown name is an error.</summary>
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
[JsonSerializable(typeof(UpdateMessage))]
[JsonSerializable(typeof(UpdateReply))]
internal sealed partial class ContractJson : JsonSerializerContext;
