namespace Spiffe.Commands;

/// <summary>What the cmdlets share that ask the Workload API for bundles.</summary>
public abstract class BundleCommand : WorkloadApiCommand
{
    /// <summary>One bundle per trust domain, sorted by name; those without a match are reported.</summary>
    private protected IEnumerable<SpiffeBundle> SelectBundles(BundleType type, TrustDomain[] trustDomains)
    {
        SpiffeBundle[] bundles = [.. FetchBundles(type)];
        foreach (TrustDomain missing in trustDomains.Where(name => bundles.All(bundle => bundle.TrustDomain != name)))
        {
            WriteError(
                SpiffeErrorReason.BundleNotFound,
                $"The Workload API gives no bundle of '{missing}'. " +
                $"It gives: {string.Join(", ", bundles.Select(bundle => $"'{bundle.TrustDomain}'"))}.",
                missing);
        }

        return bundles.Where(bundle => trustDomains.Length == 0 || trustDomains.Contains(bundle.TrustDomain));
    }

    private IEnumerable<SpiffeBundle> FetchBundles(BundleType type)
    {
        SpiffeException? x509Failure = null;
        SpiffeException? jwtFailure = null;
        IReadOnlyList<SpiffeBundle> x509 = type == BundleType.Jwt ? [] : TryAsk(
            "X.509 bundles", (api, token) => api.FetchX509BundlesAsync(token), type, out x509Failure);
        IReadOnlyList<SpiffeBundle> jwt = type == BundleType.X509 ? [] : TryAsk(
            "JWT bundles", (api, token) => api.FetchJwtBundlesAsync(token), type, out jwtFailure);
        if (x509Failure is not null && jwtFailure is not null)
        {
            throw x509Failure;
        }

        return x509.Concat(jwt)
            .GroupBy(bundle => bundle.TrustDomain)
            .Select(group => new SpiffeBundle(
                group.Key,
                group.SelectMany(bundle => bundle.X509Authorities),
                group.SelectMany(bundle => bundle.JwtAuthorities)))
            .OrderBy(bundle => bundle.TrustDomain);
    }

    /// <summary>An agent may do without one of the profiles (Workload API, section 1); asked for all, what it has will do.</summary>
    private IReadOnlyList<SpiffeBundle> TryAsk(
        string what,
        Func<IWorkloadApi, CancellationToken, Task<IReadOnlyList<SpiffeBundle>>> ask,
        BundleType type,
        out SpiffeException? failure)
    {
        failure = null;
        try
        {
            return Ask(what, ask);
        }
        catch (SpiffeException exception)
            when (type == BundleType.All && exception.Reason == SpiffeErrorReason.ProfileNotSupported)
        {
            failure = exception;
            WriteVerbose($"{what}: {exception.Message}");
            return [];
        }
    }
}
