using Spiffe.Helper;

namespace Spiffe.Tests.Configuration;

public sealed class GoArgumentsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a b", "a|b")]
    [InlineData("a  b", "a||b")]
    [InlineData(" a ", "|a|")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("one  \"two words\" 'x y'", "one||two words|'x|y'")]
    [InlineData("\"a \"\"q\"\" b\"", "a \"q\" b")]
    [InlineData("\"\"", "")]
    [InlineData("\"a\nb\" c", "a\nb|c")]
    [InlineData("a b\nc d", "a|b")]
    [InlineData("\n\r\na", "a")]
    [InlineData("a\r", "a")]
    [InlineData("-p 5432 -c \"SELECT pg_reload_conf();\"", "-p|5432|-c|SELECT pg_reload_conf();")]
    public void Arguments_are_split_as_Go_splits_a_line(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', GoArguments.Split(text)));

    [Fact]
    public void No_text_has_no_arguments() => Assert.Empty(GoArguments.Split(string.Empty));

    [Theory]
    [InlineData("--x=\"a b\"")]
    [InlineData("\"a\"b")]
    [InlineData("\"a")]
    [InlineData("a\"")]
    public void A_quote_in_a_wrong_place_is_refused(string text) => Assert.Throws<FormatException>(() => GoArguments.Split(text));
}
