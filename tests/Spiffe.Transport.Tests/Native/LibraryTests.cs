using System.Diagnostics;
using Spiffe.Testing;
using Spiffe.Transport;

namespace Spiffe.Tests.Native;

public sealed class LibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string SomeFile => System.IO.Path.Combine(_folder.Path, "library");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_library_of_the_build_is_what_these_tests_call() => Assert.True(NativeLibraryFile.IsLoaded);

    [Fact]
    public void Without_a_valid_library_the_managed_code_is_used()
    {
        Assert.Equal(0, NativeLibraryFile.LoadFile(SomeFile));
        File.WriteAllText(SomeFile, "no library");

        Assert.Equal(0, NativeLibraryFile.LoadFile(SomeFile));
    }

    [Theory]
    [InlineData("int spiffe_transport_version(void) { return 1000; }")]
    [InlineData("int something_else(void) { return 1; }")]
    public void A_library_of_another_version_leaves_the_managed_way(string source)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || !TryCompile(source), "There is no C compiler.");

        Assert.Equal(0, NativeLibraryFile.LoadFile(SomeFile));
    }

    [Fact]
    public void The_header_is_good_C_and_has_this_version()
    {
        string header = System.IO.Path.Combine(
            Hosting.Repository.Root, "src", "Spiffe.Transport.Native", "spiffe_transport.h");
        string source = $"#include \"{header}\"\n#if SPIFFE_TRANSPORT_VERSION != {NativeLibraryFile.Version}\n#error\n#endif\n";
        Assert.SkipWhen(OperatingSystem.IsWindows() || !TryCompile("int x;"), "There is no C compiler.");

        Assert.True(TryCompile(source));
    }

    private bool TryCompile(string source)
    {
        string file = System.IO.Path.Combine(_folder.Path, "source.c");
        File.WriteAllText(file, source);
        try
        {
            using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-o", SomeFile, file]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
