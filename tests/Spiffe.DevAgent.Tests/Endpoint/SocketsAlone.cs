namespace Spiffe.Tests.Endpoint;

/// <summary>
/// Tests in which a socket must be closed when it is closed: another test that starts a program meanwhile would keep a copy
/// of it until the program begins.
/// </summary>
[CollectionDefinition(nameof(SocketsAlone), DisableParallelization = true)]
public sealed class SocketsAlone;
