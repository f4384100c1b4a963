using System.Runtime.CompilerServices;

namespace Spiffe.Helper;

/// <summary>Writes all files once, together, and is done.</summary>
internal static class OneShotRun
{
    /// <summary>Where the agent knows no identity for this process yet, it is asked again until it does.</summary>
    /// <exception cref="SpiffeException">Anything else that goes wrong; no file is new then.</exception>
    public static async IAsyncEnumerable<HelperEvent> RunAsync(
        IWorkloadApi api, HelperConfiguration configuration, HelperOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using FileKeeper files = new(configuration, options);
        List<(FilePart, FileContent?)> contents = [];
        foreach ((FilePart part, Func<CancellationToken, Task<FileContent>> fetchAsync) in List(api, configuration, options, files))
        {
            RestartDelay delay = new();
            FileContent? content;
            while (true)
            {
                (content, SpiffeException? refusal) = await TryAsync(fetchAsync, cancellationToken).ConfigureAwait(false);
                if (refusal is null)
                {
                    break;
                }

                TimeSpan retryIn = delay.Next();
                yield return HelperEvent.Failed(refusal, retryIn);
                await Task.Delay(retryIn, cancellationToken).ConfigureAwait(false);
            }

            contents.Add((part, content));
        }

        foreach (HelperEvent written in files.Write(contents))
        {
            yield return written;
        }
    }

    private static IEnumerable<(FilePart Part, Func<CancellationToken, Task<FileContent>> FetchAsync)> List(
        IWorkloadApi api, HelperConfiguration configuration, HelperOptions options, FileKeeper files)
    {
        if (files.X509Svid is { } x509)
        {
            yield return (x509, async token =>
                FileContent.Create(await api.FetchX509SvidsAsync(token).ConfigureAwait(false), configuration, options));
        }

        if (files.JwtBundle is { } bundle)
        {
            yield return (bundle, async token =>
                FileContent.Create(await api.FetchJwtBundlesAsync(token).ConfigureAwait(false), configuration));
        }

        foreach ((FilePart part, HelperJwtSvid svid) in files.JwtSvids.Zip(configuration.JwtSvids))
        {
            yield return (part, async token => FileContent.Create(
                await api.FetchJwtSvidsAsync([.. svid.Audience], spiffeId: null, token).ConfigureAwait(false), svid.Path, configuration));
        }
    }

    private static async Task<(FileContent? Content, SpiffeException? Refusal)> TryAsync(
        Func<CancellationToken, Task<FileContent>> fetchAsync, CancellationToken cancellationToken)
    {
        try
        {
            return (await fetchAsync(cancellationToken).ConfigureAwait(false), null);
        }
        catch (SpiffeException exception) when (exception.Reason == SpiffeErrorReason.NoIdentityIssued)
        {
            return (null, exception);
        }
    }
}
