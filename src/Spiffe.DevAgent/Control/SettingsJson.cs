using System.Text.Json.Serialization;

namespace Spiffe.DevAgent;

/// <summary>How settings are read: names as written in the documentation, and none that is unknown.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SettingsMessage))]
[JsonSerializable(typeof(ReadyMessage))]
internal sealed partial class SettingsJson : JsonSerializerContext;
