using System.Diagnostics.CodeAnalysis;

namespace Spiffe.Tls;

/// <summary>What a process shows its peers and verifies them with, at one moment. It never changes; a newer one takes its place.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without a timer, a token source holds nothing to dispose of.")]
public sealed class X509Context
{
    private readonly CancellationTokenSource _superseded = new();
    private readonly TlsCredential? _credential;

    internal X509Context(X509Svid? svid, IEnumerable<SpiffeBundle> bundles)
    {
        Svid = svid;
        Bundles = Array.AsReadOnly(bundles.ToArray());
        Superseded = _superseded.Token;
        _credential = svid is null ? null : new TlsCredential(svid, TlsKeyPlatform.Current);
    }

    /// <summary>The identity to show; null where none is shown.</summary>
    public X509Svid? Svid { get; }

    /// <summary>The bundles that peers are verified with, each those of its own trust domain.</summary>
    public IReadOnlyList<SpiffeBundle> Bundles { get; }

    /// <summary>Is cancelled as soon as there is a newer SVID or bundle, or the identity is withdrawn (Workload API, section 5.2).</summary>
    /// <remarks>What is under way on connections that were made with this context may end in peace; new requests belong on new ones.</remarks>
    public CancellationToken Superseded { get; }

    /// <summary>Whether both show and verify the same.</summary>
    internal bool HasSameContent(X509Context other) =>
        Equals(Svid, other.Svid) && Bundles.SequenceEqual(other.Bundles);

    /// <summary>The SVID for one handshake; null where none is shown.</summary>
    internal TlsCredential.Loan? BorrowCredential() => _credential?.Borrow();

    internal void Supersede()
    {
        _superseded.Cancel();
        _credential?.Retire();
    }
}
