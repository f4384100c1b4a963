using System.Reflection;
using Xunit.v3;

[assembly: Spiffe.Tests.NeedsLibrary]

namespace Spiffe.Tests;

/// <summary>Skips what takes the native way where nothing was built for it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class NeedsLibraryAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        Assert.SkipUnless(Library.Exists, "There is no native library: 'dotnet test -p:NativeTransport=true' builds it, with clang.");
}
