using System.Buffers;
using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>Passes the bytes of a message to the generated client that reads it.</summary>
internal sealed class ResponseBytes : DeserializationContext
{
    private readonly byte[] _message;

    public ResponseBytes(byte[] message) => _message = message;

    public override int PayloadLength => _message.Length;

    public override byte[] PayloadAsNewBuffer() => (byte[])_message.Clone();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(_message);
}
