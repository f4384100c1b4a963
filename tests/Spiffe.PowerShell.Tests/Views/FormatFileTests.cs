using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Views;

public sealed class FormatFileTests
{
    private static readonly XDocument s_views = XDocument.Load(Path.Combine(Repository.Bin, "Spiffe.Format.ps1xml"));
    private static readonly XDocument s_types = XDocument.Load(Path.Combine(Repository.Bin, "Spiffe.Types.ps1xml"));

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
        Assert.DoesNotContain(s_views.Descendants("PropertyName"), name => name.Value is "Hint");
        Assert.DoesNotContain(s_types.Descendants("ReferencedProperties").Elements("Name"), name => name.Value is "Hint");
    }

    [Fact]
    public void What_is_listed_without_a_view_exists_and_is_not_secret()
    {
        Assert.All(s_types.Descendants("Type"), element =>
        {
            string name = element.Element("Name")!.Value;
            Type type = FindType(name.Replace("Deserialized.", "", StringComparison.Ordinal));
            Assert.All(element.Descendants("ReferencedProperties").Elements("Name"), property =>
            {
                Assert.NotEqual("Token", property.Value);
                Assert.True(type.GetProperty(property.Value) is not null, $"{name} has no {property.Value}");
            });
        });
    }

    [Fact]
    public void What_has_a_token_or_foreign_text_has_a_list_without_a_view()
    {
        string[] listed = [.. s_types.Descendants("Type")
            .Where(type => type.Descendants("PropertySet").Any())
            .Select(type => type.Element("Name")!.Value)];

        Assert.All(
            s_views.Descendants("TypeName").Select(name => name.Value).Where(name => !name.StartsWith("Deserialized.", StringComparison.Ordinal)),
            name => Assert.True(
                listed.Contains(name) ||
                !FindType(name).GetProperties().Any(property => property.Name is "Token" or "Claims" or "Header" or "Hint"),
                name));
    }

    [Fact]
    public void Instants_are_shown_in_a_format_that_is_the_same_in_every_culture()
    {
        Assert.All(s_views.Descendants("View"), view =>
        {
            Type type = FindType(view.Descendants("TypeName").First().Value);
            Assert.All(view.Descendants("PropertyName").Where(name => IsInstant(type, name.Value)), name =>
                Assert.Equal("{0:s}", name.Parent!.Element("FormatString")?.Value));
        });
    }

    [Fact]
    public void A_table_has_five_columns_or_fewer_and_a_header_for_each()
    {
        Assert.All(s_views.Descendants("TableControl"), table =>
        {
            int columns = table.Descendants("TableColumnHeader").Count();
            Assert.InRange(columns, 2, 5);
            Assert.All(table.Descendants("TableRowEntry"), row => Assert.Equal(columns, row.Descendants("TableColumnItem").Count()));
        });
    }

    [Fact]
    public void Every_property_of_a_view_is_there()
    {
        Assert.All(s_views.Descendants("View"), view =>
        {
            string name = view.Descendants("TypeName").First().Value;
            Type type = FindType(name);
            Assert.All(view.Descendants("PropertyName"), property => Assert.True(
                type.GetProperty(property.Value) is not null || IsCodeProperty(name, property.Value), $"{name} has no {property.Value}"));
        });
    }

    [Fact]
    public void Every_type_with_a_view_has_a_record_for_JSON()
    {
        Assert.All(
            s_views.Descendants("TypeName").Select(name => name.Value).Where(name => !name.StartsWith("Deserialized.", StringComparison.Ordinal)),
            name => Assert.Equal(typeof(SpiffeRecord), FindType(name).GetMethod("ToRecord")?.ReturnType));
    }

    [Fact]
    public void No_table_sizes_its_columns_for_that_would_hold_back_a_watch() => Assert.Empty(s_views.Descendants("AutoSize"));

    public static TheoryData<string> OutputTypes =>
    [
        .. Assembly.LoadFrom(Path.Combine(Repository.Bin, "Spiffe.PowerShell.dll")).GetExportedTypes()
            .SelectMany(type => type.GetCustomAttributes<OutputTypeAttribute>())
            .SelectMany(output => output.Type)
            .Select(output => output.Type.FullName!)
            .Where(name => name.StartsWith("Spiffe.", StringComparison.Ordinal))
            .Distinct(),
    ];

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void An_output_type_has_a_list_a_record_and_a_place_in_the_page_about_JSON(string name)
    {
        // A SPIFFE ID has four properties, all of them plain.
        Assert.True(name == "Spiffe.SpiffeId" || FindViews(name).Any(view => view.Element("ListControl") is not null), name);
        Assert.Equal(typeof(SpiffeRecord), FindType(name).GetMethod("ToRecord")?.ReturnType);
        Assert.Contains(
            $"`{name["Spiffe.".Length..]}`", File.ReadAllText(Path.Combine(Repository.Root, "docs", "json.md")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void An_output_type_has_a_table_which_comes_first_unless_there_is_one_object_at_a_time(string name)
    {
        if (name is "Spiffe.JwtValidation" or "Spiffe.UnverifiedJwt" or "Spiffe.HelperConfigurationReport")
        {
            return;
        }

        Assert.NotNull(FindViews(name).First().Element("TableControl"));
    }

    private static bool IsInstant(Type type, string property) =>
        type.GetProperty(property)?.PropertyType is { } kind && (kind == typeof(DateTime) || kind == typeof(DateTime?));

    private static bool IsCodeProperty(string type, string property) => s_types.Descendants("Type")
        .Where(element => element.Element("Name")!.Value is { } name && (name == type || name == $"Deserialized.{type}"))
        .SelectMany(element => element.Descendants("CodeProperty"))
        .Any(code => code.Element("Name")!.Value == property);

    private static IEnumerable<XElement> FindViews(string name) =>
        s_views.Descendants("View").Where(view => view.Descendants("TypeName").Any(type => type.Value == name));

    private static Type FindType(string name) =>
        typeof(SpiffeId).Assembly.GetType(name)
        ?? Assembly.LoadFrom(Path.Combine(Repository.Bin, "Spiffe.Helper.dll")).GetType(name)
        ?? Assembly.LoadFrom(Path.Combine(Repository.Bin, "Spiffe.Tls.dll")).GetType(name)
        ?? Assembly.LoadFrom(Path.Combine(Repository.Bin, "Spiffe.PowerShell.dll")).GetType(name, throwOnError: true)!;
}
