namespace Spiffe.Helper;

/// <summary>A value under its key; a block has labels behind the key.</summary>
internal sealed record HclItem(IReadOnlyList<HclKey> Keys, HclValue Value);
