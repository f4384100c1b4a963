namespace Spiffe.Tests.Pester;

/// <summary>What became of one test of a Pester file, or of the file or block around it where that is broken.</summary>
/// <param name="Name">The names of the blocks and of the test, joined by full stops.</param>
/// <param name="Result">Pester's word for it.</param>
/// <param name="Failure">The messages of the failed assertions, and where they are.</param>
public sealed record PesterTest(string Name, string Result, string Failure);
