using System.Net;

namespace Spiffe.Helper;

/// <summary>Answers health checks over HTTP.</summary>
internal sealed class HealthListener : IDisposable
{
    private const string AnyAddress = "0.0.0.0";

    // By name, and by the addresses that the name may stand for: requests are told apart by what their Host has.
    private static readonly string[] s_thisMachine = ["127.0.0.1", "[::1]", "localhost"];

    private readonly HttpListener _listener;
    private readonly HelperConfiguration _configuration;
    private readonly IReadOnlyList<FilePart> _parts;

    private HealthListener(HttpListener listener, HelperConfiguration configuration, IReadOnlyList<FilePart> parts)
    {
        _listener = listener;
        _configuration = configuration;
        _parts = parts;
        _ = ServeAsync();
    }

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.HealthListenerFailed"/></exception>
    public static HealthListener Start(HelperConfiguration configuration, HelperOptions options, IReadOnlyList<FilePart> parts)
    {
        string port = $":{configuration.HealthPort}/";
        string[][] choices = options.HealthAddress is { } address ? [[address == AnyAddress ? "*" : address]]
            : System.Net.Sockets.Socket.OSSupportsIPv6 ? [s_thisMachine, [s_thisMachine[0], s_thisMachine[2]], [s_thisMachine[0]]]
            : [[s_thisMachine[0], s_thisMachine[2]], [s_thisMachine[0]]];
        Exception? fault = null;
        foreach (string[] hosts in choices)
        {
            HttpListener listener = new();
            try
            {
                Array.ForEach(hosts, host => listener.Prefixes.Add($"http://{host}{port}"));
                listener.Start();
                return new HealthListener(listener, configuration, parts);
            }
            catch (Exception exception) when (exception is HttpListenerException or ArgumentException)
            {
                // A machine may support the family and have no such address. Text that is not an address is a wrong argument.
                fault = exception;
                listener.Close();
            }
        }

        string where = options.HealthAddress is null ? "" : $" of {Quoted.Text(options.HealthAddress)}";
        throw new SpiffeException(
            SpiffeErrorReason.HealthListenerFailed,
            $"Health checks are not served on port {configuration.HealthPort}{where}: {fault!.Message}",
            fault);
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is HttpListenerException or InvalidOperationException)
            {
                // It was closed.
                return;
            }

            try
            {
                Answer(context);
            }
            catch (Exception exception) when (exception is HttpListenerException or IOException or InvalidOperationException)
            {
                // Who asked has gone.
                context.Response.Abort();
            }
        }
    }

    /// <summary>Any method, as SPIFFE Helper has it.</summary>
    private void Answer(HttpListenerContext context)
    {
        string? path = context.Request.Url?.AbsolutePath;
        bool isReadiness = path == _configuration.ReadinessPath;
        context.Response.KeepAlive = false;
        if (!isReadiness && path != _configuration.LivenessPath)
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            context.Response.Close();
            return;
        }

        bool isGood = isReadiness ? HealthReport.IsReady(_parts) : HealthReport.IsLive(_parts);
        context.Response.StatusCode = (int)(isGood ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
        context.Response.ContentType = "application/json";
        byte[] body = HealthReport.Write(_parts, isGood, hasExpiry: isReadiness);
        context.Response.Close(body, willBlock: false);
    }
}
