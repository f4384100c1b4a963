using System.Text;
using Spiffe.Helper;
using Spiffe.Testing.Fuzzing;

namespace Spiffe.Tests.Configuration;

/// <summary>Some thousand inputs; the environment variable SPIFFE_FUZZ_COUNT asks for more.</summary>
public sealed class HelperFuzzTests
{
    private const string Tokens = "=\"{}[],#/*\\<-_$.:'09afx \t\r\n\0EOTtruejwt_svids\u00e9\ud800\ue123";

    [Fact]
    public void Any_text_is_a_configuration_or_is_refused() => Expect(new ParserFuzz<ConfigurationFaultException>(bytesPerUnit: 1024).FeedText(
        [.. Corpus.Names.Select(name => Corpus.GetText(name.Data, "/run/agent.sock", "/certs"))],
        Tokens,
        text => _ = new HelperRules(HclParserTests.Read(text), "/base", isOneShot: null).Apply()));

    [Fact]
    public void Any_text_is_a_line_of_arguments_or_is_refused() => Expect(new ParserFuzz<FormatException>(bytesPerUnit: 256).FeedText(
        ["", "a b", " \"a \"\"b\"\" c\" d", "\"a\nb\"\r\nc", new string(' ', 300)],
        "\" \n\rab",
        text => Assert.True(GoArguments.Split(text).Sum(Encoding.UTF8.GetByteCount) <= Encoding.UTF8.GetByteCount(text))));

    private static void Expect(FuzzReport report)
    {
        Assert.True(report.Accepted > 0);
        Assert.True(report.Refused > 0);
    }
}
