using System.Management.Automation;
using System.Net;
using System.Security;

namespace Spiffe.Commands;

/// <summary>Lets a parameter that takes text take a SecureString too, as <c>Get-SpiffeJwtSvid -AsSecureString</c> gives it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PlainTextAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is SecureString secure
            ? new NetworkCredential(string.Empty, secure).Password
            : inputData;
}
