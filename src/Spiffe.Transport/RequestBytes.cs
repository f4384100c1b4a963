using System.Buffers;
using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>Takes the bytes of a message that a generated client writes.</summary>
internal sealed class RequestBytes : SerializationContext
{
    private readonly ArrayBufferWriter<byte> _writer = new();

    public byte[] ToArray() => _writer.WrittenSpan.ToArray();

    public override IBufferWriter<byte> GetBufferWriter() => _writer;

    public override void Complete()
    {
    }

    public override void Complete(byte[] payload) => _writer.Write(payload);

    public override void SetPayloadLength(int payloadLength)
    {
    }
}
