using System.Net.Sockets;
using System.Text;
using Spiffe.Helper;
using Spiffe.Testing;

namespace Spiffe.Tests.Health;

/// <summary>A service manager's socket, as systemd has it.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET";

    private readonly TemporaryFolder _folder = new();

    public ServiceManagerTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix sockets for datagrams");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_notified_at_a_path_or_at_an_abstract_name(bool isAbstract)
    {
        Assert.SkipWhen(isAbstract && !OperatingSystem.IsLinux(), "abstract names are Linux's");
        string name = isAbstract ? Path.GetRandomFileName() : Path.Combine(_folder.Path, "notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        Environment.SetEnvironmentVariable(Variable, isAbstract ? "@" + name : name);

        SpiffeException? fault = ServiceManager.Tell(ServiceManager.Ready);

        Assert.Null(fault);
        byte[] buffer = new byte[100];
        Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
    }

    [Fact]
    public void One_that_is_gone_is_a_fault_and_none_is_none()
    {
        Assert.Null(ServiceManager.Tell(ServiceManager.Ready));
        Environment.SetEnvironmentVariable(Variable, Path.Combine(_folder.Path, "gone"));

        Assert.Equal(SpiffeErrorReason.CommandFailed, ServiceManager.Tell(ServiceManager.Ready)!.Reason);
    }
}
