using Google.Protobuf.WellKnownTypes;

namespace Spiffe.DevAgent;

/// <summary>Claims as the Workload API sends them (section 6.2.3).</summary>
internal static class ClaimsMessage
{
    public static Struct Create(IReadOnlyDictionary<string, object?> claims)
    {
        Struct message = new();
        foreach ((string name, object? value) in claims)
        {
            message.Fields.Add(name, ToValue(value));
        }

        return message;
    }

    private static Value ToValue(object? value) => value switch
    {
        string text => Value.ForString(text),
        bool boolean => Value.ForBool(boolean),
        long number => Value.ForNumber(number),
        double number => Value.ForNumber(number),
        object?[] list => Value.ForList([.. list.Select(ToValue)]),
        IReadOnlyDictionary<string, object?> members => Value.ForStruct(Create(members)),
        _ => Value.ForNull(),
    };
}
