using Google.Protobuf;

namespace Spiffe.WorkloadApi;

/// <summary>The fields of a message that have to be there (Workload API, section 4.5).</summary>
internal static class Field
{
    public static string Require(string value, string name) => value.Length > 0 ? value : throw Missing(name);

    public static ByteString Require(ByteString value, string name) => value.Length > 0 ? value : throw Missing(name);

    public static SpiffeId RequireSpiffeId(string value, string name) =>
        SpiffeId.TryParse(Require(value, name), out SpiffeId? id)
            ? id
            : throw Invalid($"the field {name} is {Quoted.Text(value)}, which is not a SPIFFE ID");

    /// <summary>The key of a bundle map: the SPIFFE ID of a trust domain (section 5.1).</summary>
    public static TrustDomain RequireTrustDomain(string key) =>
        SpiffeId.TryParse(key, out SpiffeId? id) && !id.HasPath
            ? id.TrustDomain
            : throw Invalid($"a bundle is filed under {Quoted.Text(key)}, which is not the SPIFFE ID of a trust domain");

    public static SpiffeException Missing(string name) => Invalid($"the mandatory field {name} is empty");

    public static SpiffeException Invalid(string fault) =>
        new(SpiffeErrorReason.ResponseInvalid, $"An answer of the Workload API is not valid: {fault}.");
}
