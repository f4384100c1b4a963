using System.Collections;
using System.Text;

namespace Spiffe.Helper;

/// <summary>Reads configurations and reports every finding.</summary>
internal static class HelperConfigurationReader
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="baseFolder">Where relative paths in it begin.</param>
    /// <param name="isOneShot">Whether files are written once; null for what the file says.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileNotFound"/> or <see cref="SpiffeErrorReason.ReadFailed"/>.
    /// </exception>
    public static HelperConfigurationReport ReadFile(string path, string baseFolder, bool? isOneShot)
    {
        byte[] content = BoundedFile.Read(path);
        return Read(path, () => Parse(content), baseFolder, isOneShot);
    }

    /// <summary>Reads a dictionary with the keys of the file.</summary>
    public static HelperConfigurationReport Read(IDictionary dictionary, string baseFolder, bool? isOneShot) =>
        Read(path: null, () => DictionaryItems.Parse(dictionary), baseFolder, isOneShot);

    /// <summary>The configuration of a report that has one.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.HelperConfigInvalid"/></exception>
    public static HelperConfiguration GetValid(HelperConfigurationReport report)
    {
        if (report is { IsValid: true, Configuration: { } configuration })
        {
            return configuration;
        }

        HelperFinding fault = report.Findings.First(finding => finding.Severity == HelperFindingSeverity.Error);
        string place = fault.Line == 0 ? string.Empty : $", {fault.Place}";
        throw new SpiffeException(
            SpiffeErrorReason.HelperConfigInvalid,
            $"The configuration{(report.Path is null ? string.Empty : $" '{report.Path}'")} is not valid{place}: {fault.Message}.");
    }

    private static HelperConfigurationReport Read(
        string? path, Func<IReadOnlyList<HclItem>> parse, string baseFolder, bool? isOneShot)
    {
        List<HelperFinding> findings = [];
        HelperConfiguration? configuration = null;
        try
        {
            HelperKeys keys = new(parse());
            configuration = new HelperRules(keys, baseFolder, isOneShot).Apply();
            findings.AddRange(HelperWarnings.Find(keys, configuration));
        }
        catch (ConfigurationFaultException fault)
        {
            findings.Add(new HelperFinding(HelperFindingSeverity.Error, fault.Position.Line, fault.Position.Column, fault.Message));
        }

        return new HelperConfigurationReport(path, configuration, [.. findings.OrderBy(finding => (finding.Line, finding.Column))]);
    }

    private static IReadOnlyList<HclItem> Parse(byte[] content)
    {
        string text;
        try
        {
            text = s_utf8.GetString(content);
        }
        catch (DecoderFallbackException exception)
        {
            ReadOnlySpan<byte> before = content.AsSpan(0, Math.Max(exception.Index, 0));
            throw new ConfigurationFaultException(
                new FilePosition(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n')), "the file is not UTF-8");
        }

        return text.AsSpan().TrimStart() is ['{', ..] ? JsonItems.Parse(content) : HclParser.Parse(text);
    }
}
