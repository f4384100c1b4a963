using System.Management.Automation;
using System.Reflection;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>What holds for the parameters of every cmdlet, and for those that are still to come.</summary>
public sealed class ParameterTests : IDisposable
{
    // Lists of what a command works with, not of what it chooses among: an empty one and none are the same.
    private static readonly string[] s_material =
        ["Bundle", "Chain", "Entry", "FederatesWith", "InputObject", "KeyReadAccess", "Redact", "RemoveEntry", "Rotate"];

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void An_empty_list_of_what_is_wanted_is_refused_or_differs_from_none() => Assert.All(
        FindParameters().Where(parameter => parameter.PropertyType.IsArray && !s_material.Contains(parameter.Name)),
        parameter => Assert.True(
            RefusesEmpty(parameter) || parameter.GetValue(Activator.CreateInstance(parameter.ReflectedType!)) is null,
            $"{parameter.ReflectedType!.Name}.{parameter.Name} has a value where it is absent, and takes an empty list"));

    [Fact]
    public void An_identity_or_a_trust_domain_binds_from_what_has_one() => Assert.All(
        FindParameters().Where(parameter => GetElementType(parameter).FullName is "Spiffe.SpiffeId" or "Spiffe.TrustDomain"),
        parameter => Assert.True(FindUnwrap(parameter) is not null, $"{parameter.ReflectedType!.Name}.{parameter.Name} lacks Unwrap"));

    /// <remarks>The body of a request is what it is for PowerShell's own cmdlets.</remarks>
    [Fact]
    public void An_identity_or_a_trust_domain_is_completed() => Assert.All(
        FindParameters().Where(parameter => GetElementType(parameter).FullName is "Spiffe.SpiffeId" or "Spiffe.TrustDomain"),
        parameter => Assert.True(
            parameter.GetCustomAttribute<ArgumentCompleterAttribute>() is not null,
            $"{parameter.ReflectedType!.Name}.{parameter.Name} lacks a completer: Tab offers files"));

    [Fact]
    public void Tab_offers_files_only_where_a_path_fits() => Assert.All(
        FindParameters().Where(parameter =>
            !TakesPath(parameter) && parameter.PropertyType != typeof(SwitchParameter) &&
            !(Nullable.GetUnderlyingType(GetElementType(parameter)) ?? GetElementType(parameter)).IsEnum),
        parameter => Assert.True(
            parameter.GetCustomAttributes().Any(attribute => attribute is ArgumentCompleterAttribute or ArgumentCompletionsAttribute),
            $"{parameter.ReflectedType!.Name}.{parameter.Name} lacks a completer or NotAFile: Tab offers files"));

    [Fact]
    public void Text_from_the_pipeline_is_not_the_text_of_any_object() => Assert.All(
        FindParameters().Where(parameter =>
            parameter.Name != "Body" &&
            (GetElementType(parameter) == typeof(string) || GetElementType(parameter) == typeof(object)) &&
            parameter.GetCustomAttributes<ParameterAttribute>().Any(attribute => attribute.ValueFromPipeline)),
        parameter => Assert.Equal(
            GetElementType(parameter) == typeof(string),
            FindUnwrap(parameter)?.GetType().GetProperty("IsText")!.GetValue(FindUnwrap(parameter))));

    [Fact]
    public void A_parameter_that_needs_a_key_says_what_a_snapshot_lacks() => Assert.All(
        FindParameters().Where(parameter =>
            GetElementType(parameter).FullName is "Spiffe.SvidUpdate" or "Spiffe.SpiffeBundle" ||
            parameter.PropertyType.FullName == "Spiffe.X509Svid[]"),
        parameter => Assert.Contains(
            parameter.GetCustomAttributes(), attribute => attribute.GetType().Name == "LiveAttribute"));

    /// <summary>A program and its arguments may be files; the path of ConvertTo-SpiffeId is part of an ID.</summary>
    private static bool TakesPath(PropertyInfo parameter) =>
        parameter.ReflectedType!.Name != "ConvertToSpiffeIdCommand" &&
        (parameter.Name.EndsWith("Path", StringComparison.Ordinal) || parameter.Name.EndsWith("File", StringComparison.Ordinal) ||
            parameter.Name.EndsWith("FileName", StringComparison.Ordinal) ||
            parameter.Name is "Command" or "ArgumentList" or "Endpoint" or "UnixSocket");

    private static bool RefusesEmpty(PropertyInfo parameter) =>
        parameter.GetCustomAttributes().Any(attribute => attribute is ValidateNotNullOrEmptyAttribute or ValidateCountAttribute) ||
        (parameter.GetCustomAttributes<ParameterAttribute>().All(attribute => attribute.Mandatory) &&
            parameter.GetCustomAttribute<AllowEmptyCollectionAttribute>() is null);

    private static Attribute? FindUnwrap(PropertyInfo parameter) =>
        parameter.GetCustomAttributes().FirstOrDefault(attribute => attribute.GetType().Name == "UnwrapAttribute");

    private static Type GetElementType(PropertyInfo parameter) => parameter.PropertyType.GetElementType() ?? parameter.PropertyType;

    private PropertyInfo[] FindParameters()
    {
        PropertyInfo[] found =
        [
            .. _session.Run("Get-Command -Module Spiffe").Expect<CmdletInfo>()
                .SelectMany(cmdlet => cmdlet.ImplementingType.GetProperties())
                .Where(property => property.IsDefined(typeof(ParameterAttribute))),
        ];
        Assert.NotEmpty(found);
        return found;
    }
}
