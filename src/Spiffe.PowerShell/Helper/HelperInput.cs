using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using Spiffe.Helper;

namespace Spiffe.Commands;

/// <summary>The parameters of Invoke-SpiffeHelper in the words of SPIFFE Helper's configuration.</summary>
internal static class HelperInput
{
    private static readonly Dictionary<string, string> s_keys = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(HelperCommand.CertificateFileName)] = "svid_file_name",
        [nameof(HelperCommand.KeyFileName)] = "svid_key_file_name",
        [nameof(HelperCommand.BundleFileName)] = "svid_bundle_file_name",
        [nameof(HelperCommand.JwtBundleFileName)] = "jwt_bundle_file_name",
        [nameof(HelperCommand.JwtSvid)] = "jwt_svids",
        [nameof(HelperCommand.CertificateMode)] = "cert_file_mode",
        [nameof(HelperCommand.KeyMode)] = "key_file_mode",
        [nameof(HelperCommand.Hint)] = "hint",
        [nameof(HelperCommand.OmitExpired)] = "omit_expired",
        [nameof(HelperCommand.Command)] = "cmd",
        [nameof(HelperCommand.PidPath)] = "pid_file_name",
        [nameof(HelperCommand.RenewSignal)] = "renew_signal",
        [nameof(HelperCommand.HealthPort)] = "health_checks",
    };

    private static readonly (string Key, string Name)[] s_x509 =
        [("svid_file_name", "svid.pem"), ("svid_key_file_name", "svid_key.pem"), ("svid_bundle_file_name", "svid_bundle.pem")];

    /// <summary>Where SPIFFE Helper looks for the agent by default.</summary>
    public static string DefaultAddress => OperatingSystem.IsWindows() ? @"spire-agent\public\api" : "/tmp/spire-agent/public/api.sock";

    /// <summary>The configuration that parameters make. Without names of other files, those of an X509-SVID are written.</summary>
    /// <param name="bound">The parameters that were given.</param>
    /// <param name="folder">The absolute path of the folder.</param>
    public static OrderedDictionary FromParameters(IReadOnlyDictionary<string, object> bound, string folder)
    {
        OrderedDictionary configuration = new() { ["cert_dir"] = folder };
        foreach ((string name, object value) in bound)
        {
            if (s_keys.TryGetValue(name, out string? key))
            {
                configuration[key] = Convert(value);
            }
        }

        bool isX509 = s_x509.Any(file => configuration.Contains(file.Key)) ||
            !(configuration.Contains("jwt_svids") || configuration.Contains("jwt_bundle_file_name"));
        foreach ((string key, string name) in isX509 ? s_x509 : [])
        {
            configuration[key] ??= name;
        }

        return configuration;
    }

    /// <summary>What a run does, for -WhatIf.</summary>
    public static string Describe(HelperConfiguration configuration)
    {
        string names = string.Join(", ", HelperFiles.PathsOf(configuration).Select(Path.GetFileName));
        return configuration.IsOneShot ? $"Write {names}"
            : configuration.Command is null ? $"Keep {names} fresh"
            : $"Keep {names} fresh and run {configuration.Command}";
    }

    /// <summary>A table without the wrappers that PowerShell puts around the output of commands.</summary>
    public static OrderedDictionary Unwrap(IDictionary table)
    {
        OrderedDictionary plain = [];
        foreach (DictionaryEntry item in table)
        {
            plain[item.Key] = UnwrapValue(item.Value);
        }

        return plain;
    }

    private static object? UnwrapValue(object? value) => value switch
    {
        PSObject { BaseObject: PSCustomObject } custom =>
            Unwrap(custom.Properties.ToDictionary(property => property.Name, property => property.Value)),
        PSObject wrapped => UnwrapValue(wrapped.BaseObject),
        IDictionary table => Unwrap(table),
        IEnumerable list and not string => list.Cast<object?>().Select(UnwrapValue).ToArray(),
        _ => value,
    };

    private static object Convert(object value) => value switch
    {
        SwitchParameter flag => flag.IsPresent,
        int port => new Hashtable { ["listener_enabled"] = true, ["bind_port"] = port },
        IDictionary[] svids => svids.Select(svid => ConvertSvid(Unwrap(svid))).ToArray(),
        _ => value,
    };

    /// <summary>Audience and FileName; other keys are taken for SPIFFE Helper's.</summary>
    private static OrderedDictionary ConvertSvid(OrderedDictionary svid)
    {
        OrderedDictionary entry = [];
        foreach (DictionaryEntry item in svid)
        {
            string key = System.Convert.ToString(item.Key, CultureInfo.InvariantCulture)!;
            if (key.Equals("Audience", StringComparison.OrdinalIgnoreCase))
            {
                object?[] audience = item.Value is IEnumerable values and not string ? [.. values.Cast<object?>()] : [item.Value];
                entry["jwt_audience"] = audience.FirstOrDefault();
                entry["jwt_extra_audiences"] = audience.Skip(1).ToArray();
            }
            else
            {
                entry[key.Equals("FileName", StringComparison.OrdinalIgnoreCase) ? "jwt_svid_file_name" : key] = item.Value;
            }
        }

        return entry;
    }
}
