namespace Spiffe.Helper;

/// <summary>The signals of this system by their names.</summary>
internal static class SignalNumber
{
    public const int Terminate = 15;
    public const int Kill = 9;

    // These have one number everywhere (signal(7), signal(3) of macOS).
    private static readonly Dictionary<string, int> s_common = new(StringComparer.Ordinal)
    {
        ["SIGHUP"] = 1, ["SIGINT"] = 2, ["SIGQUIT"] = 3, ["SIGILL"] = 4, ["SIGTRAP"] = 5, ["SIGABRT"] = 6, ["SIGIOT"] = 6,
        ["SIGFPE"] = 8, ["SIGKILL"] = Kill, ["SIGSEGV"] = 11, ["SIGPIPE"] = 13, ["SIGALRM"] = 14, ["SIGTERM"] = Terminate,
        ["SIGTTIN"] = 21, ["SIGTTOU"] = 22, ["SIGXCPU"] = 24, ["SIGXFSZ"] = 25, ["SIGVTALRM"] = 26, ["SIGPROF"] = 27, ["SIGWINCH"] = 28,
    };

    private static readonly Dictionary<string, int> s_linux = new(StringComparer.Ordinal)
    {
        ["SIGBUS"] = 7, ["SIGUSR1"] = 10, ["SIGUSR2"] = 12, ["SIGSTKFLT"] = 16, ["SIGCHLD"] = 17, ["SIGCLD"] = 17, ["SIGCONT"] = 18,
        ["SIGSTOP"] = 19, ["SIGTSTP"] = 20, ["SIGURG"] = 23, ["SIGIO"] = 29, ["SIGPOLL"] = 29, ["SIGPWR"] = 30, ["SIGSYS"] = 31,
    };

    private static readonly Dictionary<string, int> s_mac = new(StringComparer.Ordinal)
    {
        ["SIGEMT"] = 7, ["SIGBUS"] = 10, ["SIGSYS"] = 12, ["SIGURG"] = 16, ["SIGSTOP"] = 17, ["SIGTSTP"] = 18, ["SIGCONT"] = 19,
        ["SIGCHLD"] = 20, ["SIGIO"] = 23, ["SIGINFO"] = 29, ["SIGUSR1"] = 30, ["SIGUSR2"] = 31,
    };

    /// <summary>The number of a name such as SIGHUP; null where this system has no such signal.</summary>
    public static int? Find(string name) =>
        s_common.TryGetValue(name, out int number) || (OperatingSystem.IsMacOS() ? s_mac : s_linux).TryGetValue(name, out number)
            ? number
            : null;
}
