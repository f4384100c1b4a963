namespace Spiffe.Helper;

/// <summary>Reads HCL 1, as SPIFFE Helper does, into items.</summary>
internal sealed class HclParser
{
    private const int MaxDepth = 64;

    private readonly HclScanner _scanner;
    private HclToken _token;
    private int _depth;

    private HclParser(string text)
    {
        _scanner = new HclScanner(text);
        _token = _scanner.Next();
    }

    /// <exception cref="ConfigurationFaultException">Where it is not HCL.</exception>
    public static IReadOnlyList<HclItem> Parse(string text) => new HclParser(text).ReadItems(isBlock: false);

    private void Advance() => _token = _scanner.Next();

    private List<HclItem> ReadItems(bool isBlock)
    {
        List<HclItem> items = [];
        while (_token.Kind != HclTokenKind.End && !(isBlock && _token.Kind == HclTokenKind.RightBrace) && ReadItem() is { } item)
        {
            items.Add(item);
            if (_token.Kind == HclTokenKind.Comma)
            {
                Advance();
            }
        }

        return items;
    }

    /// <summary>Null for a key and an equals sign at the end of the file, which HCL passes over.</summary>
    private HclItem? ReadItem()
    {
        List<HclKey> keys = [];
        while (_token.Kind is HclTokenKind.Identifier or HclTokenKind.String)
        {
            keys.Add(new HclKey(_token.Text, _token.Kind == HclTokenKind.Identifier, _token.Position));
            Advance();
        }

        if (keys.Count == 0)
        {
            throw Unexpected("a key");
        }

        if (_token.Kind == HclTokenKind.LeftBrace)
        {
            return new HclItem(keys, ReadBlock());
        }

        if (_token.Kind != HclTokenKind.Assign || keys.Count > 1)
        {
            throw Unexpected(keys.Count > 1 ? "'{'" : "'=' or '{'");
        }

        Advance();
        return _token.Kind == HclTokenKind.End ? null : new HclItem(keys, ReadValue());
    }

    private HclValue ReadValue()
    {
        switch (_token.Kind)
        {
            case HclTokenKind.LeftBrace:
                return ReadBlock();
            case HclTokenKind.LeftBracket:
                return ReadList();
            case HclTokenKind.String or HclTokenKind.Heredoc or HclTokenKind.Number or HclTokenKind.Float or HclTokenKind.Bool:
                HclLiteral literal = new(_token.Kind, _token.Text, _token.Position);
                Advance();
                return literal;
            default:
                throw Unexpected("a value");
        }
    }

    private HclObject ReadBlock()
    {
        FilePosition position = Enter();
        List<HclItem> items = ReadItems(isBlock: true);
        if (_token.Kind != HclTokenKind.RightBrace)
        {
            throw Unexpected("'}'");
        }

        Leave();
        return new HclObject(items, position);
    }

    private HclList ReadList()
    {
        FilePosition position = Enter();
        List<HclValue> values = [];
        bool needsComma = false;
        while (_token.Kind != HclTokenKind.RightBracket)
        {
            if (_token.Kind == HclTokenKind.Comma)
            {
                needsComma = false;
                Advance();
                continue;
            }

            if (needsComma)
            {
                throw Unexpected("',' or ']'");
            }

            values.Add(ReadValue());

            // As HCL has it: behind a list no comma is needed.
            needsComma = values[^1] is not HclList;
        }

        Leave();
        return new HclList(values, position);
    }

    private FilePosition Enter()
    {
        FilePosition position = _token.Position;
        if (++_depth > MaxDepth)
        {
            throw new ConfigurationFaultException(position, $"blocks and lists are nested more than {MaxDepth} deep");
        }

        Advance();
        return position;
    }

    private void Leave()
    {
        _depth--;
        Advance();
    }

    private ConfigurationFaultException Unexpected(string expected) =>
        new(_token.Position, $"found {_token.Describe()}; expected {expected}");
}
