namespace Spiffe;

/// <summary>The choices of a general name; the values are its tags (RFC 5280, section 4.2.1.6).</summary>
internal enum GeneralNameKind
{
    Other = 0,
    Email = 1,
    Dns = 2,
    X400 = 3,
    Directory = 4,
    EdiParty = 5,
    Uri = 6,
    IPAddress = 7,
    RegisteredId = 8,
}
