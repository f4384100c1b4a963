using System.Management.Automation;

namespace Spiffe.Tests.Hosting;

internal sealed record SessionResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose)
{
    /// <summary>The output as one type, and no error beside it.</summary>
    public IReadOnlyList<T> Expect<T>()
    {
        Assert.Empty(Errors);
        return [.. Output.Select(item => Assert.IsAssignableFrom<T>(item.BaseObject))];
    }

    /// <summary>The one error, with the id and category that are promised for it and a recommendation.</summary>
    public ErrorRecord ExpectError(string id, ErrorCategory category)
    {
        ErrorRecord error = Assert.Single(Errors);
        Assert.StartsWith(id + ",Spiffe.Commands.", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        return error;
    }
}
