using System.Text;

namespace Spiffe.Helper;

/// <summary>Goes through a text character by character and knows where it is.</summary>
internal sealed class HclCursor
{
    private readonly string _text;

    public HclCursor(string text) => _text = text;

    public int Offset { get; private set; }

    public FilePosition Position { get; private set; } = new(1, 1);

    public bool IsAtEnd => Offset >= _text.Length;

    /// <summary>The character here; at the end a zero character, which no text may have in it.</summary>
    public Rune Current => IsAtEnd ? default : Rune.TryGetRuneAt(_text, Offset, out Rune rune) ? rune : Rune.ReplacementChar;

    /// <summary>The character behind this one.</summary>
    public char Next => Offset + 1 < _text.Length ? _text[Offset + 1] : '\0';

    public void Advance()
    {
        Rune rune = Current;
        Offset += rune.Utf16SequenceLength;
        Position = rune.Value == '\n' ? new(Position.Line + 1, 1) : Position with { Column = Position.Column + 1 };
        RefuseForbidden();
    }

    public void AdvanceWhile(Func<Rune, bool> isPart)
    {
        while (!IsAtEnd && isPart(Current))
        {
            Advance();
        }
    }

    public bool Is(char character) => !IsAtEnd && Current.Value == character;

    /// <summary>The text from an offset to here.</summary>
    public string From(int start) => _text[start..Offset];

    /// <exception cref="ConfigurationFaultException">The character here may be nowhere in a file.</exception>
    public void RefuseForbidden()
    {
        // HCL keeps the second one for itself.
        if (!IsAtEnd && Current.Value is 0 or 0xE123)
        {
            throw new ConfigurationFaultException(Position, $"the character U+{Current.Value:X4} is not allowed");
        }
    }
}
