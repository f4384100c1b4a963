namespace Spiffe;

/// <summary>The rule that a token breaks, and how.</summary>
/// <param name="Check">Standard and section, for example <c>JWT-SVID 2.1</c>.</param>
/// <param name="Reason">What was found and what was expected; never the token.</param>
internal sealed record JwtFault(string Check, string Reason);
