using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Http;

/// <summary>Both sides are rotated under a loop of requests. SPIFFE_TLS_ROTATION_SEC makes it as long as one likes.</summary>
public sealed class RotationTests : SourceTest
{
    private const int Workers = 4;

    [Fact]
    [Trait("Clause", "A-19")]
    public async Task No_request_fails_and_none_goes_over_a_connection_of_an_SVID_older_than_one_rotation()
    {
        bool isLong = int.TryParse(
            Environment.GetEnvironmentVariable("SPIFFE_TLS_ROTATION_SEC"), CultureInfo.InvariantCulture, out int seconds);
        TimeSpan duration = isLong ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromSeconds(3);
        TimeSpan interval = isLong ? TimeSpan.FromSeconds(2) : TimeSpan.FromMilliseconds(200);
        ConcurrentDictionary<string, int> numbers = new();
        int newest = -1;
        X509Context web = Context(WebId);
        Rotate();
        await Source.GetAsync(Token);
        await using TlsWebServer server = await TlsWebServer.StartAsync(
            () => TlsHandshake.CreateServerOptions(web, AllowShop, options: null),
            context => context.Response.WriteAsync(context.Connection.ClientCertificate!.Thumbprint));
        using HttpClient client = new(new SpiffeHttpHandler(Source, AllowWeb));
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        end.CancelAfter(duration);
        int requests = 0;
        int stale = 0;

        Task[] asking = [.. Enumerable.Range(0, Workers).Select(_ => AskAsync())];
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(interval, CancellationToken.None);

            // However busy the machine is, requests come between two rotations.
            int enough = requests + 2;
            await Eventually.TrueAsync(() => requests >= enough || end.IsCancellationRequested, Token);
            X509Context before = await Source.GetAsync(Token);
            web = Context(WebId);
            Rotate();

            // A machine that is busy may be late with the news, and that is not what is tested.
            await Eventually.TrueAsync(() => before.Superseded.IsCancellationRequested, Token);
        }

        await Task.WhenAll(asking);
        TestContext.Current.SendDiagnosticMessage($"{requests} requests over {numbers.Count} rotations, {stale} over the SVID before.");
        Assert.True(requests > numbers.Count, $"{requests} requests in {numbers.Count} rotations");

        void Rotate()
        {
            X509SVIDResponse message = Message();
            numbers[ThumbprintOf(message)] = newest + 1;
            newest++;
            Feed.Send(message);
        }

        async Task AskAsync()
        {
            while (!end.IsCancellationRequested)
            {
                int known = newest;
                int shown = numbers[await client.GetStringAsync(server.Address, CancellationToken.None)];
                Interlocked.Increment(ref requests);
                Interlocked.Add(ref stale, shown < known ? 1 : 0);
                Assert.True(shown >= known - 1, $"SVID {shown} where {known} was there");
            }
        }
    }
}
