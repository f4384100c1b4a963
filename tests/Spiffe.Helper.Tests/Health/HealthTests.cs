using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Spiffe.Helper;
using Spiffe.Testing;
using Spiffe.Tests.Runs;

namespace Spiffe.Tests.Health;

/// <summary>Health checks over HTTP.</summary>
public sealed class HealthTests : RunTest
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly int _port = FindFreePort();

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Both_paths_report_the_state_in_SPIFFE_Helpers_words()
    {
        await using HelperFollower run = Follow(ConfigureHealth(
            ("jwt_svids", new Dictionary<string, object>[] { new() { ["jwt_audience"] = "a", ["jwt_svid_file_name"] = "t.jwt" } })));
        await run.WaitForAsync(HelperEventKind.Written);
        while (!run.Seen.Any(news => news.Kind == HelperEventKind.TokenRenewed))
        {
            await run.WaitForAsync(HelperEventKind.TokenRenewed);
        }

        (HttpStatusCode live, string liveBody) = await GetAsync("live");
        (HttpStatusCode ready, string readyBody) = await GetAsync("ready");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live, ready));
        Assert.Equal(
            """{"status":"OK","health":{"file_write_statuses":{"x509_write_status":"written","jwt_write_status":{"@":"written"}}}}"""
                .Replace("@", PathOf("t.jwt"), StringComparison.Ordinal),
            liveBody);
        using JsonDocument document = JsonDocument.Parse(readyBody);
        JsonElement expiry = document.RootElement.GetProperty("expires_in_seconds");
        Assert.InRange(expiry.GetProperty(PathOf("svid.pem")).GetInt64(), 1, 86_400);
        Assert.InRange(expiry.GetProperty(PathOf("t.jwt")).GetInt64(), 1, 300);
    }

    [Fact]
    public async Task Nothing_written_is_live_and_not_ready()
    {
        Server.X509Svids = (_, token) => Task.Delay(Timeout.Infinite, token);
        await using HelperFollower run = Follow(ConfigureHealth());
        Task<bool> next = run.MoveNextAsync();

        await Eventually.TrueAsync(() => TryConnect(), Token);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("live")).Status);
        (HttpStatusCode status, string body) = await GetAsync("ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"status\":\"Service Unavailable\"", body, StringComparison.Ordinal);
        Assert.Contains("\"x509_write_status\":\"unwritten\"", body, StringComparison.Ordinal);
        await run.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task What_failed_is_neither_live_nor_ready()
    {
        Directory.CreateDirectory(PathOf("svid.pem"));
        await using HelperFollower run = Follow(ConfigureHealth());
        await run.WaitForAsync(HelperEventKind.Failed);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("live")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("ready")).Status);
    }

    [Fact]
    public async Task What_was_taken_away_is_live_and_not_ready()
    {
        await using HelperFollower run = Follow(ConfigureHealth());
        await run.WaitForAsync(HelperEventKind.Written);
        Withdraw();
        await run.WaitForAsync(HelperEventKind.Withdrawn);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("live")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("ready")).Status);
    }

    [Theory]
    [InlineData("POST", "live", HttpStatusCode.OK)]
    [InlineData("HEAD", "ready", HttpStatusCode.OK)]
    [InlineData("GET", "", HttpStatusCode.NotFound)]
    [InlineData("GET", "live/", HttpStatusCode.NotFound)]
    public async Task Any_method_is_answered_and_no_other_path(string method, string path, HttpStatusCode expected)
    {
        await using HelperFollower run = Follow(ConfigureHealth());
        await run.WaitForAsync(HelperEventKind.Written);
        using HttpRequestMessage request = new(new HttpMethod(method), $"http://127.0.0.1:{_port}/{path}");

        using HttpResponseMessage response = await _client.SendAsync(request, Token);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task This_machine_is_answered_by_name_and_by_address(string host)
    {
        await using HelperFollower run = Follow(ConfigureHealth());
        await run.WaitForAsync(HelperEventKind.Written);

        using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://{host}:{_port}/ready"), Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Other_machines_are_answered_only_where_that_is_asked_for()
    {
        IPAddress? outside = FindOutsideAddress();
        Assert.SkipWhen(outside is null, "needs an address besides loopback");
        await using (HelperFollower run = Follow(ConfigureHealth()))
        {
            await run.WaitForAsync(HelperEventKind.Written);
            await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(new Uri($"http://{outside}:{_port}/live"), Token));
        }

        await using HelperFollower open = Follow(ConfigureHealth(), new HelperOptions { HealthAddress = "*" });
        await open.WaitForAsync(HelperEventKind.Written);

        using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://{outside}:{_port}/live"), Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("[::1]:1")]
    [InlineData("a b")]
    [InlineData("http://localhost")]
    public async Task An_address_that_cannot_be_used_is_reported_and_the_files_are_written(string address)
    {
        await using HelperFollower run = Follow(ConfigureHealth(), new HelperOptions { HealthAddress = address });

        HelperEvent failure = await run.WaitForAsync(HelperEventKind.Failed);
        await run.WaitForAsync(HelperEventKind.Written);

        Assert.Equal(SpiffeErrorReason.HealthListenerFailed, failure.Reason);
        Assert.Contains($"'{address}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_all_addresses_is_known()
    {
        await using HelperFollower run = Follow(ConfigureHealth(), new HelperOptions { HealthAddress = "0.0.0.0" });
        await run.WaitForAsync(HelperEventKind.Written);

        using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/live"), Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_reported_and_the_files_are_written()
    {
        using TcpListener taken = new(IPAddress.Loopback, _port);
        taken.Start();
        await using HelperFollower run = Follow(ConfigureHealth());

        HelperEvent failure = await run.WaitForAsync(HelperEventKind.Failed);
        await run.WaitForAsync(HelperEventKind.Written);

        Assert.Equal(SpiffeErrorReason.HealthListenerFailed, failure.Reason);
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IPAddress? FindOutsideAddress() => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private HelperConfiguration ConfigureHealth(params (string Key, object Value)[] more) => Configure(
        [("health_checks", new Dictionary<string, object> { ["listener_enabled"] = true, ["bind_port"] = _port }), .. more]);

    private bool TryConnect()
    {
        try
        {
            using TcpClient client = new("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/{path}"), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
