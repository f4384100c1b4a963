namespace Spiffe.Testing;

/// <summary>Waits for what another process or thread will do soon.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <exception cref="TimeoutException">It did not come true.</exception>
    public static async Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        DateTime end = DateTime.UtcNow + s_patience;
        while (!condition())
        {
            if (DateTime.UtcNow > end)
            {
                throw new TimeoutException("What was waited for did not come true.");
            }

            await Task.Delay(10, cancellationToken);
        }
    }
}
