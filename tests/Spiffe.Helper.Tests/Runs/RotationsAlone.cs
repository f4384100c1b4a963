namespace Spiffe.Tests.Runs;

/// <summary>What other tests allocate meanwhile would count.</summary>
[CollectionDefinition(nameof(RotationsAlone), DisableParallelization = true)]
public sealed class RotationsAlone;
