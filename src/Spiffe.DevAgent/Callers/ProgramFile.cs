using System.Security.Cryptography;

namespace Spiffe.DevAgent;

/// <summary>The file of a program that runs.</summary>
internal static class ProgramFile
{
    /// <summary>Its SHA-256 hash in hexadecimal; null where it cannot be read.</summary>
    public static string? Hash(string? path)
    {
        try
        {
            if (path is null)
            {
                return null;
            }

            using FileStream program = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(program));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
