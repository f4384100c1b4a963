using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A property of a certificate of the module's own, which the store keeps with the certificate.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsCertificateProperty
{
    // Between CERT_FIRST_USER_PROP_ID (0x8000) and CERT_LAST_USER_PROP_ID (0xFFFF), which are for programs.
    private const uint PropertyId = 0xB5F1;

    private const int NotFound = unchecked((int)0x80092004);

    /// <summary>The property's bytes; null where the certificate has none.</summary>
    public static byte[]? Read(X509Certificate2 certificate)
    {
        uint length = 0;
        if (!CertGetCertificateContextProperty(certificate.Handle, PropertyId, content: null, ref length))
        {
            int error = Marshal.GetLastPInvokeError();
            return error == NotFound ? null : throw new CryptographicException(error);
        }

        byte[] content = new byte[length];
        if (!CertGetCertificateContextProperty(certificate.Handle, PropertyId, content, ref length))
        {
            throw new CryptographicException(Marshal.GetLastPInvokeError());
        }

        GC.KeepAlive(certificate);
        return content;
    }

    /// <summary>Sets the property; on a certificate that comes from a store, in the store.</summary>
    public static unsafe void Write(X509Certificate2 certificate, byte[] content)
    {
        fixed (byte* data = content)
        {
            Blob blob = new() { Length = (uint)content.Length, Data = (nint)data };
            if (!CertSetCertificateContextProperty(certificate.Handle, PropertyId, flags: 0, in blob))
            {
                throw new CryptographicException(Marshal.GetLastPInvokeError());
            }
        }

        GC.KeepAlive(certificate);
    }

    [LibraryImport("crypt32", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CertGetCertificateContextProperty(nint context, uint property, byte[]? content, ref uint length);

    [LibraryImport("crypt32", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CertSetCertificateContextProperty(nint context, uint property, uint flags, in Blob content);

    [StructLayout(LayoutKind.Sequential)]
    private struct Blob
    {
        public uint Length;
        public nint Data;
    }
}
