namespace Spiffe.Commands;

/// <summary>What the cmdlets share that ask the Workload API for bundles.</summary>
public abstract class BundleCommand : WorkloadApiCommand
{
    /// <summary>One bundle per trust domain, sorted by name; those without a match are reported.</summary>
    private protected IReadOnlyList<SpiffeBundle> SelectBundles(BundleType type, TrustDomain[]? trustDomains) =>
        new Selection<SpiffeBundle>()
            .By(trustDomains, bundle => bundle.TrustDomain, (missing, bundles) => new SpiffeException(
                SpiffeErrorReason.BundleNotFound,
                $"The Workload API has no bundle for '{missing}'. " +
                $"It has: {string.Join(", ", bundles.Select(bundle => $"'{bundle.TrustDomain}'"))}."))
            .Select(FetchBundles(type), WriteError);

    private IReadOnlyList<SpiffeBundle> FetchBundles(BundleType type) =>
        BundleStreams.Join(Ask("Bundles", (api, token) => FetchBundlesAsync(api, type, token)));

    private static async Task<IReadOnlyList<SpiffeBundle>> FetchBundlesAsync(
        IWorkloadApi api, BundleType type, CancellationToken cancellationToken)
    {
        switch (type)
        {
            case BundleType.X509:
                return await api.FetchX509BundlesAsync(cancellationToken).ConfigureAwait(false);
            case BundleType.Jwt:
                return await api.FetchJwtBundlesAsync(cancellationToken).ConfigureAwait(false);
            default:
                Task<IReadOnlyList<SpiffeBundle>> x509 = api.FetchX509BundlesAsync(cancellationToken);
                Task<IReadOnlyList<SpiffeBundle>> jwt = api.FetchJwtBundlesAsync(cancellationToken);
                Task both = Task.WhenAll(x509, jwt);
                await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return IsWithoutProfile(x509) ? await jwt.ConfigureAwait(false)
                    : IsWithoutProfile(jwt) ? await x509.ConfigureAwait(false)
                    : [.. await x509.ConfigureAwait(false), .. await jwt.ConfigureAwait(false)];
        }
    }

    /// <summary>An agent may do without one of the profiles (Workload API, section 1); asked for all, what it has will do.</summary>
    private static bool IsWithoutProfile(Task task) =>
        task.Exception?.InnerException is SpiffeException { Reason: SpiffeErrorReason.ProfileNotSupported };
}
