using System.Text.Json.Serialization;

namespace Spiffe;

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(InstallationRecord))]
internal sealed partial class StoreJson : JsonSerializerContext;
