using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Spiffe.Protocol;

namespace Spiffe.DevAgent;

/// <summary>Breaks messages in the ways that a client must notice (Workload API, sections 4.5, 5.1, 5.2 and 6.2).</summary>
internal static class Malformation
{
    private const string WrongId = "spiffe://wrong.example/somebody-else";

    private static readonly ByteString s_garbage = ByteString.CopyFrom("garbage", Encoding.ASCII);

    /// <summary>A broken copy; the message itself where no fault is on.</summary>
    public static X509SVIDResponse Apply(FaultSet faults, X509SVIDResponse message)
    {
        if (faults.Faults.Count == 0)
        {
            return message;
        }

        X509SVIDResponse broken = message.Clone();
        foreach (X509SVID svid in broken.Svids)
        {
            Break(faults, svid);
        }

        if (faults.Has(DevAgentFault.NoSvids))
        {
            broken.Svids.Clear();
        }

        AddBundles(faults, broken.FederatedBundles, message.Svids[0].Bundle);
        return broken;
    }

    /// <inheritdoc cref="Apply(FaultSet, X509SVIDResponse)"/>
    public static X509BundlesResponse Apply(FaultSet faults, X509BundlesResponse message)
    {
        X509BundlesResponse broken = message.Clone();
        Break(faults, broken.Bundles);
        return broken;
    }

    /// <inheritdoc cref="Apply(FaultSet, X509SVIDResponse)"/>
    public static JWTBundlesResponse Apply(FaultSet faults, JWTBundlesResponse message)
    {
        JWTBundlesResponse broken = message.Clone();
        Break(faults, broken.Bundles);
        return broken;
    }

    /// <inheritdoc cref="Apply(FaultSet, X509SVIDResponse)"/>
    public static JWTSVIDResponse Apply(FaultSet faults, JWTSVIDResponse message)
    {
        JWTSVIDResponse broken = message.Clone();
        foreach (JWTSVID svid in broken.Svids)
        {
            svid.SpiffeId = BreakId(faults, svid.SpiffeId);
            svid.Svid = faults.Has(DevAgentFault.NoToken) ? string.Empty : svid.Svid;
        }

        if (faults.Has(DevAgentFault.NoSvids))
        {
            broken.Svids.Clear();
        }

        return broken;
    }

    /// <inheritdoc cref="Apply(FaultSet, X509SVIDResponse)"/>
    public static ValidateJWTSVIDResponse Apply(FaultSet faults, ValidateJWTSVIDResponse message)
    {
        ValidateJWTSVIDResponse broken = message.Clone();
        broken.SpiffeId = BreakId(faults, broken.SpiffeId);
        broken.Claims = faults.Has(DevAgentFault.NoClaims) ? null : broken.Claims;
        return broken;
    }

    private static void Break(FaultSet faults, X509SVID svid)
    {
        svid.SpiffeId = BreakId(faults, svid.SpiffeId);
        svid.X509Svid = BreakCertificate(faults, svid.X509Svid);
        svid.X509SvidKey = BreakKey(faults, svid.X509SvidKey);
        svid.Bundle = faults.Has(DevAgentFault.NoBundle) ? ByteString.Empty
            : faults.Has(DevAgentFault.BrokenBundle) ? s_garbage
            : svid.Bundle;
    }

    private static string BreakId(FaultSet faults, string id) =>
        faults.Has(DevAgentFault.NoSpiffeId) ? string.Empty : faults.Has(DevAgentFault.WrongSpiffeId) ? WrongId : id;

    private static ByteString BreakCertificate(FaultSet faults, ByteString der) =>
        faults.Has(DevAgentFault.NoCertificate) ? ByteString.Empty
        : faults.Has(DevAgentFault.BrokenCertificate) ? ByteString.CopyFrom(der.Span[..(der.Length / 2)])
        : faults.Has(DevAgentFault.TrailingBytes) ? ByteString.CopyFrom([.. der.Span, .. s_garbage.Span])
        : der;

    private static ByteString BreakKey(FaultSet faults, ByteString pkcs8)
    {
        if (faults.Has(DevAgentFault.NoKey))
        {
            return ByteString.Empty;
        }

        if (!faults.Has(DevAgentFault.BrokenKey) && !faults.Has(DevAgentFault.WrongKey))
        {
            return pkcs8;
        }

        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ByteString.CopyFrom(faults.Has(DevAgentFault.BrokenKey) ? other.ExportECPrivateKey() : other.ExportPkcs8PrivateKey());
    }

    private static void Break(FaultSet faults, MapField<string, ByteString> bundles)
    {
        ByteString any = bundles.Values.First();
        if (faults.Has(DevAgentFault.BrokenBundle))
        {
            foreach (string id in bundles.Keys.ToArray())
            {
                bundles[id] = s_garbage;
            }
        }

        if (faults.Has(DevAgentFault.NoBundles))
        {
            bundles.Clear();
        }

        AddBundles(faults, bundles, any);
    }

    private static void AddBundles(FaultSet faults, MapField<string, ByteString> bundles, ByteString bundle)
    {
        if (faults.Has(DevAgentFault.BundleOfWorkload))
        {
            bundles[WrongId] = bundle;
        }

        if (faults.Has(DevAgentFault.BundleOfNobody))
        {
            bundles["http://wrong.example"] = bundle;
        }
    }
}
