using Microsoft.AspNetCore.Http;
using Spiffe.Testing;

namespace Spiffe.Tests.Commands;

/// <summary>Requests of Invoke-SpiffeRestMethod.</summary>
public abstract class RestMethodTest : PeerCommandTest
{
    private protected const string Ask = "$a = $args; Invoke-SpiffeRestMethod $a[1] -Endpoint $a[0] ";
    private protected const string AllowWeb = "-AllowSpiffeId " + WebId;

    /// <summary>A server that answers everything with a status and these words.</summary>
    private protected static Task<TlsWebServer> StartServerAsync(int status, string words) => StartServerAsync(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(words);
    });
}
