namespace Spiffe.Testing.Fuzzing;

/// <summary>Makes inputs for a parser: first the seeds themselves, then seeds with changes, and some that are only random.</summary>
internal sealed class Mutator<T>
    where T : unmanaged
{
    private const int MaxChanges = 4;
    private const int MaxRandomLength = 200;
    private const int MaxLength = 64 * 1024;

    private readonly T[][] _seeds;
    private readonly T[] _tokens;
    private readonly Random _random;

    public Mutator(T[][] seeds, T[] tokens, Random random)
    {
        _seeds = seeds;
        _tokens = tokens;
        _random = random;
    }

    public int SeedCount => _seeds.Length;

    public T[] Create(int index)
    {
        if (index < _seeds.Length)
        {
            return _seeds[index];
        }

        if (_random.Next(16) == 0)
        {
            return CreateRandom();
        }

        T[] input = PickSeed();
        for (int changes = _random.Next(1, MaxChanges + 1); changes > 0; changes--)
        {
            input = Change(input);
        }

        return input.Length <= MaxLength ? input : input[..MaxLength];
    }

    private T[] CreateRandom() =>
        [.. Enumerable.Range(0, _random.Next(MaxRandomLength)).Select(_ => PickToken())];

    private T[] PickSeed() => _seeds[_random.Next(_seeds.Length)];

    private T PickToken() => _tokens[_random.Next(_tokens.Length)];

    private T[] Change(T[] input)
    {
        int start = _random.Next(input.Length + 1);
        int end = Math.Min(input.Length, start + _random.Next(9));
        return _random.Next(6) switch
        {
            // Cut out, cut off, put in, overwrite, repeat, and join with the end of another seed.
            0 => [.. input[..start], .. input[end..]],
            1 => input[..start],
            2 => [.. input[..start], PickToken(), .. input[start..]],
            3 => [.. input[..start], .. CreateTokens(end - start), .. input[end..]],
            4 => [.. input[..end], .. input[start..]],
            _ => [.. input[..start], .. CutEnd(PickSeed())],
        };
    }

    private IEnumerable<T> CreateTokens(int count) => Enumerable.Range(0, count).Select(_ => PickToken());

    private T[] CutEnd(T[] seed) => seed[_random.Next(seed.Length + 1)..];
}
