using System.Text;

namespace Spiffe.Transport;

/// <summary>Bytes that belong to the other side, which says how long they stay.</summary>
internal readonly unsafe struct NativeBytes
{
    private readonly byte* _start;
    private readonly int _length;

    public NativeBytes(byte* start, int length)
    {
        _start = start;
        _length = length;
    }

    public ReadOnlySpan<byte> Span => new(_start, _length);

    public override string ToString() => Encoding.UTF8.GetString(Span);
}
