using System.Text.RegularExpressions;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Help;

/// <summary>The tables of docs/errors.md, which is the source of about_Spiffe_Errors too.</summary>
internal static partial class ErrorPage
{
    /// <summary>Ids of the engine and of its own cmdlets, which ours pass on.</summary>
    public static IReadOnlyList<string> Foreign { get; } =
    [
        "CannotConvertArgumentNoMessage",
        "InputObjectNotBound",
        "ParameterArgumentTransformationError",
        "ParameterArgumentValidationError",
        "WebCmdletWebResponseException",
    ];

    public static IReadOnlyList<ErrorPageRow> Rows { get; } =
    [
        .. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"))).Select(row => new ErrorPageRow(
            row.Groups["id"].Value,
            row.Groups["category"].Value,
            row.Groups["when"].Value,
            row.Groups["advice"].Value)),
    ];

    [GeneratedRegex(@"^\| `(?<id>\w+)` \| (?<category>[\w, ]+) \| (?<when>.*) \| (?<advice>.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
