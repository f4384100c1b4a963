using System.Runtime.CompilerServices;
using Spiffe.Protocol;

namespace Spiffe.DevAgent;

/// <summary>Makes the message that many streams get only once: with the same entries, and while nothing changes.</summary>
internal sealed class SharedAnswers
{
    private readonly Answers _answers;
    private readonly ChangeSignal _changes;
    private readonly Lock _lock = new();
    private readonly Dictionary<IReadOnlyList<Entry>, Shared> _shared = new(new SameEntries());
    private int _version;

    public SharedAnswers(Answers answers, ChangeSignal changes)
    {
        _answers = answers;
        _changes = changes;
    }

    /// <inheritdoc cref="Answers.X509Svids"/>
    public (X509SVIDResponse Message, DateTimeOffset RenewAt) X509Svids(IReadOnlyList<Entry> entries)
    {
        Shared shared = Find(entries);
        lock (shared)
        {
            if (shared.Message is null || shared.RenewAt <= DateTimeOffset.UtcNow)
            {
                (shared.Message, shared.RenewAt) = _answers.X509Svids(entries);
            }

            return (shared.Message, shared.RenewAt);
        }
    }

    private Shared Find(IReadOnlyList<Entry> entries)
    {
        lock (_lock)
        {
            if (_version != _changes.Version)
            {
                _version = _changes.Version;
                _shared.Clear();
            }

            return _shared.TryGetValue(entries, out Shared? shared) ? shared : _shared[entries] = new Shared();
        }
    }

    private sealed class Shared
    {
        public X509SVIDResponse? Message { get; set; }

        public DateTimeOffset RenewAt { get; set; }
    }

    /// <summary>The very same entries, in the same order.</summary>
    private sealed class SameEntries : IEqualityComparer<IReadOnlyList<Entry>>
    {
        public bool Equals(IReadOnlyList<Entry>? x, IReadOnlyList<Entry>? y) => ReferenceEquals(x, y) ||
            (x!.Count == y!.Count && x.Zip(y).All(pair => ReferenceEquals(pair.First, pair.Second)));

        public int GetHashCode(IReadOnlyList<Entry> obj)
        {
            HashCode hash = default;
            foreach (Entry entry in obj)
            {
                hash.Add(RuntimeHelpers.GetHashCode(entry));
            }

            return hash.ToHashCode();
        }
    }
}
