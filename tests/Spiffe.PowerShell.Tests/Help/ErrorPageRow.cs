namespace Spiffe.Tests.Help;

internal sealed record ErrorPageRow(string Id, string Category, string When, string Advice);
