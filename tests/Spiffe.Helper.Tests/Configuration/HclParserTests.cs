using Spiffe.Helper;

namespace Spiffe.Tests.Configuration;

public sealed class HclParserTests
{
    [Theory]
    [InlineData("""hint = "a" """, "a")]
    [InlineData("""HINT = "a" """, "a")]
    [InlineData("""Hint="a",""", "a")]
    [InlineData("""hint = "a" hint = "b" """, "b")]
    [InlineData("""hint = "\a\b\f\n\r\t\v\\\"" """, "\a\b\f\n\r\t\v\\\"")]
    [InlineData("""hint = "\101\x42\u0043\U00000044" """, "ABCD")]
    [InlineData("""hint = "\xc3\xa9" """, "é")]
    [InlineData("""hint = "é日😀" """, "é日😀")]
    [InlineData("""hint = "${a "b" {c} }d" """, "${a \"b\" {c} }d")]
    [InlineData("hint = \"${a\nb}\"", "${a\nb}")]
    [InlineData("""hint = "${a\tb}\t" """, "${a\\tb}\t")]
    [InlineData("""hint = "$${a}" """, "$${a}")]
    [InlineData("hint = 0x1F", "0x1F")]
    [InlineData("hint = -7", "-7")]
    [InlineData("hint = <<X\none\n two\nX\n", "one\n two\n")]
    [InlineData("hint = <<X\r\none\r\nX\r\n", "one\n")]
    [InlineData("hint = <<X\none\n  X\n", "one\n  ")]
    [InlineData("hint = <<-X\n  one\n    two\n  X\n", "one\n  two\n")]
    [InlineData("hint = <<-X\n  one\n two\n  X\n", "  one\n two\n")]
    [InlineData("# hint = \"b\"\n// x\n/* \" ' */ hint /* in between */ = // more\n \"a\"", "a")]
    [InlineData("hint = \"a\" hint =", "a")]
    [InlineData("{\"hint\": \"a\"}", "a")]
    [InlineData(" \n{\"hint\": \"\\u00e9\\ud83d\\ude00\\/\",}", "é😀/")]
    [InlineData("{\"hint\": null}", "")]
    public void A_string_is_read_as_HCL_has_it(string text, string expected) => Assert.Equal(expected, Read(text).Hint);

    [Theory]
    [InlineData("hint = 'a'", 1, 8)]
    [InlineData("hint = \"a\nb\"", 1, 8)]
    [InlineData("hint = \"\\q\"", 1, 9)]
    [InlineData("hint = \"\\777\"", 1, 9)]
    [InlineData("hint = \"\\x4\"", 1, 9)]
    [InlineData("hint = \"\\u00\"", 1, 9)]
    [InlineData("hint = \"\\U00110000\"", 1, 9)]
    [InlineData("hint = \"${a\"", 1, 8)]
    [InlineData("hint = <X", 1, 8)]
    [InlineData("hint = <<\nx\n", 1, 8)]
    [InlineData("hint = <<X\none\nX", 1, 8)]
    [InlineData("hint = <<X y\nX\n", 1, 8)]
    [InlineData("hint = true", 1, 8)]
    [InlineData("hint = 1.5", 1, 8)]
    [InlineData("hint = ", 0, 0)]
    [InlineData("hint", 1, 5)]
    [InlineData("hint = = \"a\"", 1, 8)]
    [InlineData("hint : \"a\"", 1, 6)]
    [InlineData("hint = \"a\";", 1, 11)]
    [InlineData("[section]", 1, 1)]
    [InlineData("= \"a\"", 1, 1)]
    [InlineData("a b = 1", 1, 5)]
    [InlineData("{{}}", 1, 2)]
    [InlineData("a = [1 2]", 1, 8)]
    [InlineData("a = {", 1, 6)]
    [InlineData("a = 1,, b = 2", 1, 7)]
    [InlineData("}", 1, 1)]
    [InlineData("/* ", 1, 1)]
    [InlineData("a / b", 1, 3)]
    [InlineData("hint = \"\0\"", 1, 9)]
    [InlineData("cert_file_mode = 0x", 1, 18)]
    [InlineData("cert_file_mode = 0o644", 1, 23)]
    [InlineData("{\"hint\": \"a\"", 1, 13)]
    [InlineData("{\n \"hint\": true}", 2, 10)]
    public void What_is_no_HCL_is_refused_where_it_is_wrong(string text, int line, int column)
    {
        ConfigurationFaultException fault = Assert.ThrowsAny<ConfigurationFaultException>(() => Apply(text));

        Assert.Equal(new FilePosition(line, column), fault.Position);
    }

    [Theory]
    [InlineData("0644", 420)]
    [InlineData("644", 644)]
    [InlineData("0x1a4", 420)]
    [InlineData("-1", -1)]
    [InlineData("\"0644\"", 420)]
    [InlineData("\"0o644\"", 420)]
    [InlineData("\"0b11\"", 3)]
    [InlineData("\"6_44\"", 644)]
    [InlineData("\"0_644\"", 420)]
    [InlineData("\"+5\"", 5)]
    public void A_number_is_read_as_Go_has_it(string text, long expected) =>
        Assert.Equal(expected, Read($"cert_file_mode = {text}").CertificateMode.Value);

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"6__44\"")]
    [InlineData("\"_644\"")]
    [InlineData("\"644_\"")]
    [InlineData("\"0x\"")]
    [InlineData("\"08\"")]
    [InlineData("08")]
    [InlineData("\"1e3\"")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    [InlineData("true")]
    [InlineData("[0644]")]
    public void A_number_that_is_not_whole_is_refused(string text) =>
        Assert.Throws<ConfigurationFaultException>(() => Read($"cert_file_mode = {text}"));

    [Theory]
    [InlineData("jwt_svids = [{ jwt_audience = \"a\" }, { jwt_audience = \"b\" },]", 2)]
    [InlineData("jwt_svids = [{ jwt_audience = \"a\" }]\njwt_svids = [{ jwt_audience = \"b\" }]", 2)]
    [InlineData("jwt_svids \"one\" { jwt_audience = \"a\" jwt_svid_file_name = \"f\" }", 1)]
    [InlineData("jwt_svids { jwt_audience = \"a\"\n jwt_svid_file_name = \"f\" }", 2)]
    [InlineData("{\"jwt_svids\": [{\"jwt_audience\": \"a\", \"jwt_svid_file_name\": \"f\"}]}", 2)]
    [InlineData("{\"jwt_svids\": {\"one\": {\"jwt_audience\": \"a\"}, \"two\": {\"jwt_audience\": \"b\"}}}", 2)]
    public void Entries_are_counted_as_SPIFFE_Helper_counts_them(string text, int expected) =>
        Assert.Equal(expected, Read(text).JwtSvids.Count);

    [Fact]
    public void Deep_nesting_is_refused_before_the_stack_ends()
    {
        string text = "a = " + new string('[', 100_000);

        Assert.Throws<ConfigurationFaultException>(() => HclParser.Parse(text));
    }

    internal static HelperKeys Read(string text) =>
        new(text.TrimStart() is ['{', ..] ? JsonItems.Parse(System.Text.Encoding.UTF8.GetBytes(text)) : HclParser.Parse(text));

    private static HelperConfiguration Apply(string text) => new HelperRules(Read(text), "/base", isOneShot: true).Apply();
}
