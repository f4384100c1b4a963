namespace Spiffe.DevAgent;

/// <summary>The authorities that outlive the agent, of each kind the one that signs first.</summary>
internal sealed record KeptAuthorities(IReadOnlyList<X509Authority> X509, IReadOnlyList<JwtSigner> Jwt)
{
    public static KeptAuthorities None { get; } = new([], []);
}
