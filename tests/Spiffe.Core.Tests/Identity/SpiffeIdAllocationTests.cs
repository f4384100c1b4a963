namespace Spiffe.Tests.Identity;

public sealed class SpiffeIdAllocationTests
{
    private const string Text = "spiffe://prod.example.org/region/eu-west-1/service/orders-v2";
    private const int Count = 1_000;

    [Fact]
    public void Reading_an_ID_of_60_bytes_allocates_nothing_but_the_value()
    {
        Assert.Equal(60, Text.Length);

        long values = CountAllocated(() => new SpiffeId(Text, trustDomainLength: 16));

        Assert.True(values > 0);
        Assert.Equal(values, CountAllocated(() => SpiffeId.Parse(Text)));
        Assert.Equal(values, CountAllocated(() => SpiffeId.TryParse(Text, out SpiffeId? id) ? id : throw new InvalidOperationException()));
    }

    [Fact]
    public void Refusing_a_text_of_a_million_characters_does_not_copy_it()
    {
        string text = "spiffe://td/" + new string('a', 1_000_000);

        Assert.True(CountAllocated(() => SpiffeId.TryParse(text, out _)) < 1024);
    }

    /// <summary>Bytes each; what the runtime itself allocates now and then is lost in the division.</summary>
    private static long CountAllocated<T>(Func<T> create)
    {
        // Kept, so that the compiler cannot do without them, and asked for once before, so that nothing is loaded in between.
        T[] values = new T[Count];
        values[0] = create();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Count; i++)
        {
            values[i] = create();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
    }
}
