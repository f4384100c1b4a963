using System.Reflection;
using System.Xml.Linq;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Views;

public sealed class FormatFileTests
{
    private static readonly XDocument s_views = XDocument.Load(Path.Combine(Repository.Bin, "Spiffe.Format.ps1xml"));

    [Fact]
    public void No_view_shows_a_token_or_runs_a_script()
    {
        Assert.DoesNotContain(s_views.Descendants("PropertyName"), name => name.Value is "Token");
        Assert.Empty(s_views.Descendants("ScriptBlock"));
    }

    [Fact]
    [Trait("Clause", "A-39")]
    public void No_view_shows_a_hint_as_it_came()
    {
        XDocument types = XDocument.Load(Path.Combine(Repository.Bin, "Spiffe.Types.ps1xml"));

        Assert.DoesNotContain(s_views.Descendants("PropertyName"), name => name.Value is "Hint");
        Assert.DoesNotContain(types.Descendants("ReferencedProperties").Elements("Name"), name => name.Value is "Hint");
    }

    [Fact]
    public void What_is_listed_without_a_view_is_there_and_is_no_secret()
    {
        XDocument types = XDocument.Load(Path.Combine(Repository.Bin, "Spiffe.Types.ps1xml"));

        Assert.All(types.Descendants("Type"), element =>
        {
            string name = element.Element("Name")!.Value;
            Type type = FindType(name.Replace("Deserialized.", "", StringComparison.Ordinal));
            Assert.All(element.Descendants("ReferencedProperties").Elements("Name"), property =>
            {
                Assert.NotEqual("Token", property.Value);
                Assert.True(type.GetProperty(property.Value) is not null, $"{name} has no {property.Value}");
            });
        });
        Assert.Equal(
            types.Descendants("Type").Select(type => type.Element("Name")!.Value).Order(),
            s_views.Descendants("TypeName").Select(type => type.Value).Distinct().Order());
    }

    [Fact]
    public void A_table_has_five_columns_or_fewer_and_a_header_for_each()
    {
        Assert.All(s_views.Descendants("TableControl"), table =>
        {
            int columns = table.Descendants("TableColumnItem").Count();
            Assert.InRange(columns, 2, 5);
            Assert.Equal(columns, table.Descendants("TableColumnHeader").Count());
        });
    }

    [Fact]
    public void Every_property_of_a_view_is_there()
    {
        Assert.All(s_views.Descendants("View"), view =>
        {
            string name = view.Descendants("TypeName").First().Value;
            Type type = FindType(name);
            Assert.All(view.Descendants("PropertyName"), property =>
                Assert.True(type.GetProperty(property.Value) is not null, $"{name} has no {property.Value}"));
        });
    }

    [Fact]
    public void Every_output_type_of_the_model_has_a_view()
    {
        string[] viewed = [.. s_views.Descendants("TypeName").Select(name => name.Value)];

        Assert.All(
            [
                "Spiffe.X509Svid", "Spiffe.JwtSvid", "Spiffe.JwtValidation", "Spiffe.SpiffeBundle", "Spiffe.SvidUpdate",
                "Spiffe.VerificationCheck", "Spiffe.SpiffeId", "Spiffe.DevAgent", "Spiffe.InstalledSvid",
                "Spiffe.HelperEvent", "Spiffe.HelperConfigurationReport", "Spiffe.HelperConfiguration", "Spiffe.HelperFinding",
                "Spiffe.Tunnel", "Spiffe.TunnelConnection",
            ],
            name => Assert.Contains(name, viewed));
    }

    private static Type FindType(string name) =>
        typeof(SpiffeId).Assembly.GetType(name)
        ?? Assembly.LoadFrom(Path.Combine(Repository.Bin, "Spiffe.Helper.dll")).GetType(name)
        ?? Assembly.LoadFrom(Path.Combine(Repository.Bin, "Spiffe.Tls.dll")).GetType(name)
        ?? Assembly.LoadFrom(Path.Combine(Repository.Bin, "Spiffe.PowerShell.dll")).GetType(name, throwOnError: true)!;
}
