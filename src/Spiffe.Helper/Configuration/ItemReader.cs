namespace Spiffe.Helper;

/// <summary>Reads the items of the file or of one of its blocks as what their keys want, as SPIFFE Helper does.</summary>
/// <remarks>Where a key is there several times, the last one counts; lists are joined.</remarks>
internal sealed class ItemReader
{
    private readonly IReadOnlyList<HclItem> _items;
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public ItemReader(IReadOnlyList<HclItem> items) => _items = items;

    /// <summary>
    /// Those that no one has asked for, as SPIFFE Helper finds them: not what is quoted, nor labelled blocks but the first item.
    /// </summary>
    public IEnumerable<HclKey> UnknownKeys => _items
        .Where((item, index) => index == 0 || item.Keys.Count == 1)
        .SelectMany(item => item.Keys)
        .Where(key => key.IsChecked && !_known.Contains(key.Text));

    /// <summary>Keys that SPIFFE Helper neither knows nor refuses.</summary>
    public IEnumerable<HclKey> IgnoredKeys => _items
        .Select(item => item.Keys[0])
        .Where(key => !_known.Contains(key.Text) && !UnknownKeys.Contains(key));

    public Setting<string> ReadText(string key) => Read(key, string.Empty, value => value is HclLiteral literal &&
        (literal.IsText || literal.Kind == HclTokenKind.Number) ? literal.Text : throw Mismatch(key, value, "a string"));

    public Setting<bool> ReadBool(string key, bool missing = false) => Read(
        key, missing, value => value is HclLiteral { Kind: HclTokenKind.Bool } literal
        ? literal.Text == "true"
        : throw Mismatch(key, value, "true or false without quotes"));

    public Setting<long> ReadInteger(string key) => Read(key, missing: 0L, value =>
        value is HclLiteral { Kind: HclTokenKind.Number or HclTokenKind.String } literal && GoInteger.TryParse(literal.Text, out long number)
            ? number
            : throw Mismatch(key, value, "a whole number"));

    public IReadOnlyList<string> ReadTexts(string key)
    {
        List<string> texts = [];
        foreach (HclItem item in Find(key))
        {
            if (item.Value is not HclList list || item.Keys.Count > 1)
            {
                throw Mismatch(key, item.Value, "a list of strings");
            }

            texts.AddRange(list.Values.Select(value => value is HclLiteral literal && (literal.IsText || literal.Kind == HclTokenKind.Number)
                ? literal.Text
                : throw Mismatch(key, value, "a string")));
        }

        return texts;
    }

    /// <summary>The items of all blocks of that name. A block with a label is ignored.</summary>
    public ItemReader ReadBlock(string key)
    {
        List<HclItem> items = [];
        foreach (HclItem item in Find(key))
        {
            HclObject block = item.Value as HclObject ?? throw Mismatch(key, item.Value, "a block");
            items.AddRange(item.Keys.Count == 1 ? block.Items : []);
        }

        return new ItemReader(items);
    }

    /// <summary>One reader for each entry of a list of blocks.</summary>
    /// <remarks>
    /// A block without a label is not an entry: each of its items is one. That is how SPIFFE Helper reads it, and few users expect it.
    /// </remarks>
    public IReadOnlyList<ItemReader> ReadEntries(string key)
    {
        List<ItemReader> entries = [];
        foreach (HclItem item in Find(key))
        {
            switch (item.Value)
            {
                case HclList list:
                    entries.AddRange(list.Values.Select(value => new ItemReader(
                        value is HclObject entry ? entry.Items : throw Mismatch(key, value, "a block in braces"))));
                    break;
                case HclObject block when item.Keys.Count > 1:
                    entries.Add(new ItemReader(item.Keys.Count == 2 ? block.Items : []));
                    break;
                case HclObject block:
                    entries.AddRange(block.Items.Select(inner => new ItemReader(
                        inner.Value is HclObject entry ? entry.Items
                        : inner.Value is HclLiteral ? [inner]
                        : throw Mismatch(key, inner.Value, "a list of blocks: [{ … }]"))));
                    break;
                default:
                    throw Mismatch(key, item.Value, "a list of blocks: [{ … }]");
            }
        }

        return entries;
    }

    private IEnumerable<HclItem> Find(string key)
    {
        _known.Add(key);
        return _items.Where(item => item.Keys[0].Is(key));
    }

    private Setting<T> Read<T>(string key, T missing, Func<HclValue, T> read)
    {
        Setting<T> setting = new(missing);
        foreach (HclItem item in Find(key))
        {
            setting = item.Keys.Count == 1
                ? new Setting<T>(read(item.Value), item.Value.Position, (item.Value as HclLiteral)?.Text)
                : throw Mismatch(key, item.Value, "'=' and a value");
        }

        return setting;
    }

    private static ConfigurationFaultException Mismatch(string key, HclValue value, string expected) =>
        new(value.Position, $"the value of {key} is {value.Describe()}; expected {expected}");
}
