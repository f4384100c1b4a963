using System.Runtime.CompilerServices;
using Spiffe.Testing;

namespace Spiffe.Tests;

internal static class ModuleInitializer
{
    [ModuleInitializer]
    internal static void Enter() => PrivateHome.Enter();
}
