namespace Spiffe.Helper;

/// <summary>A watch of the Workload API, of which the next piece of news is always waited for.</summary>
internal interface INewsSource : IAsyncDisposable
{
    /// <summary>Completes when there is news, or when the watch has ended with an error.</summary>
    Task Next { get; }

    /// <summary>Takes the news that is there, and does what follows from it.</summary>
    Task<IReadOnlyList<HelperEvent>> TakeAsync();
}
