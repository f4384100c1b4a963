namespace Spiffe.Testing;

/// <summary>Which way calls take in this process; the module decides it with the first call.</summary>
public static class TransportChoice
{
    private const string Setting = "Spiffe.Transport.Library";

    /// <summary>The managed way, also where there is a native library.</summary>
    public static void TakeManaged() => AppContext.SetData(Setting, string.Empty);

    /// <summary>The way through a native library.</summary>
    public static void TakeNative(string library) => AppContext.SetData(Setting, library);
}
