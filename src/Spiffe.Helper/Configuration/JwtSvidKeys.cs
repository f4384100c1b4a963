namespace Spiffe.Helper;

/// <summary>What a configuration says of one JWT-SVID.</summary>
internal sealed class JwtSvidKeys
{
    private readonly ItemReader _reader;

    /// <exception cref="ConfigurationFaultException">A value is not of the kind that its key wants.</exception>
    public JwtSvidKeys(ItemReader reader)
    {
        _reader = reader;
        Audience = reader.ReadText("jwt_audience");
        ExtraAudiences = reader.ReadTexts("jwt_extra_audiences");
        FileName = reader.ReadText("jwt_svid_file_name");
    }

    public Setting<string> Audience { get; }

    public IReadOnlyList<string> ExtraAudiences { get; }

    public Setting<string> FileName { get; }

    public IEnumerable<HclKey> UnknownKeys => _reader.UnknownKeys;

    public IEnumerable<HclKey> IgnoredKeys => _reader.IgnoredKeys;
}
