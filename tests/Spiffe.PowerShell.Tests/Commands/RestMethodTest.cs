namespace Spiffe.Tests.Commands;

/// <summary>Requests of Invoke-SpiffeRestMethod.</summary>
public abstract class RestMethodTest : PeerCommandTest
{
    private protected const string Ask = "$a = $args; Invoke-SpiffeRestMethod $a[1] -Endpoint $a[0] ";
    private protected const string AllowWeb = "-AllowSpiffeId " + WebId;
}
