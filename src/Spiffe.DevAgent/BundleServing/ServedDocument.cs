using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Spiffe.DevAgent;

/// <summary>The document that the endpoint serves, and what tells one version from the next.</summary>
/// <param name="Bundle">What it was made of.</param>
/// <param name="Content">The document in UTF-8.</param>
/// <param name="LastModified">In whole seconds; no two versions have the same.</param>
internal sealed record ServedDocument(SpiffeBundle Bundle, byte[] Content, DateTimeOffset LastModified)
{
    public EntityTagHeaderValue Tag { get; } = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Content))}\"");

    /// <summary>The document of a bundle that may have changed since.</summary>
    /// <param name="bundle">The bundle as it is now.</param>
    /// <param name="before">What was served last.</param>
    public static ServedDocument Create(SpiffeBundle bundle, ServedDocument? before)
    {
        if (before is not null && before.Bundle.Equals(bundle))
        {
            return before;
        }

        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

        // A client that knows the seconds alone must not take a second change in one of them for the first.
        DateTimeOffset earliest = before?.LastModified.AddSeconds(1) ?? now;
        return new ServedDocument(bundle, Encoding.UTF8.GetBytes(bundle.ToSpiffeJson()), now > earliest ? now : earliest);
    }
}
