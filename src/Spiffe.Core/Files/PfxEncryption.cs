namespace Spiffe;

/// <summary>How the contents of a PKCS#12 file are encrypted.</summary>
public enum PfxEncryption
{
    /// <summary>AES-256 with a key derived by PBKDF2 with SHA-256.</summary>
    Aes256,

    /// <summary>Triple DES and SHA-1, which is weak, and all that Windows Server 2016 and older can read.</summary>
    TripleDes,
}
