using System.Collections;
using Spiffe.Helper;
using Spiffe.Testing;

namespace Spiffe.Tests.Configuration;

public sealed class HelperRulesTests : IDisposable
{
    private const string Names = "svid_file_name = \"svid.pem\"\nsvid_key_file_name = \"svid_key.pem\"\nsvid_bundle_file_name = \"bundle.pem\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_are_those_of_SPIFFE_Helper()
    {
        HelperConfiguration configuration = GetValid(Names + "health_checks { listener_enabled = true }");

        Assert.Null(configuration.AgentAddress);
        Assert.Equal(_folder.Path, configuration.Folder);
        Assert.Equal("certificates 0644, key 0600, JWT bundles 0600, JWT-SVIDs 0600", configuration.Modes);
        Assert.Equal((8081, "/live", "/ready"), (configuration.HealthPort, configuration.LivenessPath, configuration.ReadinessPath));
        Assert.False(configuration.IsOneShot);
    }

    [Theory]
    [InlineData("certs", "x.pem", "/base/certs/x.pem")]
    [InlineData("/c", "/opt/x", "/c/opt/x")]
    [InlineData("", "/opt/x", "/opt/x")]
    [InlineData("certs", "../x", "/base/x")]
    [InlineData("", "x", "/base/x")]
    [InlineData("certs/", "x//", "/base/certs/x")]
    public void Folder_and_name_are_joined_as_SPIFFE_Helper_does(string folder, string name, string expected)
    {
        HelperKeys keys = HclParserTests.Read($"cert_dir = \"{folder}\"\njwt_bundle_file_name = \"{name}\"");

        Assert.Equal(expected, new HelperRules(keys, "/base", isOneShot: null).Apply().JwtBundlePath);
    }

    [Theory]
    [InlineData("timeout = \"5s\"", "unknown")]
    [InlineData("jwt_svids = [{ jwt_audience = \"a\" jwt_svid_file_name = \"f\" nbf = 1 }]", "nbf")]
    [InlineData("agent_address = \"unix:///run/a.sock\"", "agent_address")]
    [InlineData("agent_address = \"run/a.sock\"", "agent_address")]
    [InlineData("pid_file_name = \"x.pid\"", "renew_signal")]
    [InlineData("renew_signal = \"HUP\"", "renew_signal")]
    [InlineData("cmd = \"x\"\ncmd_args = \"--x=\\\"a\\\"\"", "cmd_args")]
    [InlineData("key_file_mode = -1", "key_file_mode")]
    [InlineData("health_checks { listener_enabled = true\n bind_port = 65536 }", "bind_port")]
    [InlineData("health_checks { listener_enabled = true\n liveness_path = \"live\" }", "live")]
    [InlineData("health_checks { listener_enabled = true\n liveness_path = \"/ready\" }", "liveness_path")]
    [InlineData("svid_key_file_name = \"svid.pem\"", "two files")]
    [InlineData("jwt_bundle_file_name = \"svid.pem\"", "two files")]
    [InlineData("cert_dir = \"nowhere\"", "does not exist")]
    public void A_broken_rule_is_named(string addition, string expected)
    {
        HelperFinding fault = Assert.Single(Read(Names + addition).Findings, finding => finding.Severity == HelperFindingSeverity.Error);

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Line >= 1 || expected is "renew_signal", fault.ToString());
    }

    [Theory]
    [InlineData("key_file_mode = 600", "means the mode 0130")]
    [InlineData("cert_file_mode = \"444\"", "means the mode 0674")]
    [InlineData("key_file_mode = 0644", "every account")]
    [InlineData("cert_file_mode = 0664", "can write")]
    [InlineData("\"jwt_file\" = \"x\"", "jwt_file")]
    [InlineData("jwt_svids \"a\" { jwt_audience = \"a\" jwt_svid_file_name = \"f\" \"nbf\" = 1 }", "nbf")]
    [InlineData("health_checks { port = 1 }", "port")]
    [InlineData("include_federated_domains = true", "section 4.2")]
    [InlineData("cmd = \"no-such-program\"", "no-such-program")]
    public void What_is_probably_not_meant_gives_a_warning(string addition, string expected)
    {
        HelperConfigurationReport report = Read(Names + addition);

        Assert.True(report.IsValid, string.Join('\n', report.Findings));
        HelperFinding warning = Assert.Single(report.Findings, finding => finding.Message.Contains(expected, StringComparison.Ordinal));
        Assert.Equal(4, warning.Line);
    }

    [Fact]
    public void A_name_that_leaves_the_folder_gives_a_warning()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "certs"));

        HelperConfigurationReport report = Read(Names.Replace("bundle.pem", "../bundle.pem", StringComparison.Ordinal) + "cert_dir = \"certs\"");

        Assert.True(report.IsValid);
        Assert.Contains(report.Findings, finding => finding.Message.Contains("leads out", StringComparison.Ordinal) && finding.Line == 3);
    }

    [Fact]
    public void A_hashtable_has_the_same_keys()
    {
        Hashtable table = new()
        {
            ["jwt_svids"] = new object[]
            {
                new Hashtable { ["jwt_audience"] = "a", ["jwt_extra_audiences"] = new object[] { "b" }, ["jwt_svid_file_name"] = "t.jwt" },
            },
            ["health_checks"] = new Hashtable { ["listener_enabled"] = true, ["bind_port"] = 8082 },
            ["jwt_svid_file_mode"] = 640,
        };

        HelperConfiguration configuration = HelperConfigurationReader.GetValid(
            HelperConfigurationReader.Read(table, _folder.Path, isOneShot: null));

        Assert.Equal(["a", "b"], Assert.Single(configuration.JwtSvids).Audience);
        Assert.Equal(8082, configuration.HealthPort);
        Assert.Contains("JWT-SVIDs 0640", configuration.Modes, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_file_cannot_have_is_refused_in_a_hashtable()
    {
        HelperConfigurationReport report = HelperConfigurationReader.Read(
            new Hashtable { ["hint"] = 1.5 }, _folder.Path, isOneShot: null);

        Assert.False(report.IsValid);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_refused_at_its_line()
    {
        string path = _folder.Write("helper.conf", [.. "hint = 1\n# "u8, 0xFF]);

        HelperFinding fault = Assert.Single(HelperConfigurationReader.ReadFile(path, _folder.Path, isOneShot: null).Findings);

        Assert.Equal((2, 3), (fault.Line, fault.Column));
    }

    private HelperConfigurationReport Read(string text) =>
        HelperConfigurationReader.ReadFile(_folder.Write("helper.conf", text), _folder.Path, isOneShot: null);

    private HelperConfiguration GetValid(string text) => HelperConfigurationReader.GetValid(Read(text));
}
