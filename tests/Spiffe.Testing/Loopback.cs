using System.Net;
using System.Net.NetworkInformation;

namespace Spiffe.Testing;

/// <summary>The address of this machine for itself.</summary>
public static class Loopback
{
    /// <summary>Whether it is there for IPv6: in many containers it is not, though the kernel knows IPv6.</summary>
    public static bool HasIPv6 { get; } = NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Any(unicast => unicast.Address.Equals(IPAddress.IPv6Loopback));
}
