using System.Reflection;

namespace Spiffe.Tests.Hosting;

/// <summary>Where the checkout and the module in it lie.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string Manifest => Path.Combine(Root, "Spiffe.psd1");

    public static string Bin => Path.Combine(Root, "bin");
}
