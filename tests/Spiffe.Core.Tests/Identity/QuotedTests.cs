namespace Spiffe.Tests.Identity;

public sealed class QuotedTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("one two", "one two")]
    [InlineData("one two three", "one two|three")]
    [InlineData("one unbreakable two", "one|unbreakable|two")]
    [InlineData("unbreakable", "unbreakable")]
    public void Lines_break_between_words(string text, string expected) =>
        Assert.Equal(expected.Replace('|', '\n'), Quoted.Wrap(text, width: 7));
}
