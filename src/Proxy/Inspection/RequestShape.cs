using System.Diagnostics.CodeAnalysis;

namespace Gateway.Proxy.Inspection;

/// <summary>JSON types that a member may have.</summary>
[Flags]
internal enum JsonKinds
{
    None = 0,
    String = 1,
    Number = 2,
    Integer = 4,
    Boolean = 8,
    Array = 16,
    Object = 32,
    Null = 64,
    NullableString = String | Null,
    NullableNumber = Number | Null,
    NullableInteger = Integer | Null,
    NullableBoolean = Boolean | Null,
    NullableArray = Array | Null,
    NullableObject = Object | Null,
}

/// <summary>What the elements of a conversation must be.</summary>
internal enum Elements
{
    /// <summary>It is no conversation.</summary>
    Any,

    /// <summary>Messages: objects with a role and a content, at least one.</summary>
    Messages,

    /// <summary>Objects of any kind.</summary>
    Objects,
}

/// <summary>What the gateway checks of one top-level member. The upstream checks the rest: an unknown member is never refused.</summary>
internal sealed record FieldRule(string Name, JsonKinds Kinds, double Least = double.NegativeInfinity, double Most = double.PositiveInfinity, bool Required = false)
{
    /// <summary>Place among the rules of its shape, for the set of members that were seen.</summary>
    public int Index { get; set; }

    public Elements Elements { get; init; }

    /// <summary>For people: <c>a number between 0 and 2, or null</c>.</summary>
    public string Accepts
    {
        get
        {
            var names = new List<string>();
            AddIf(JsonKinds.String, "a string");
            AddIf(JsonKinds.Integer, "an integer" + Range);
            AddIf(JsonKinds.Number, "a number" + Range);
            AddIf(JsonKinds.Boolean, "true or false");
            AddIf(JsonKinds.Array, "an array");
            AddIf(JsonKinds.Object, "an object");
            AddIf(JsonKinds.Null, "null");
            return string.Join(" or ", names);

            void AddIf(JsonKinds kind, string name)
            {
                if (Kinds.HasFlag(kind))
                {
                    names.Add(name);
                }
            }
        }
    }

    private string Range => (double.IsFinite(Least), double.IsFinite(Most)) switch
    {
        (true, true) => FormattableString.Invariant($" between {Least} and {Most}"),
        (true, false) => FormattableString.Invariant($" of at least {Least}"),
        (false, true) => FormattableString.Invariant($" of at most {Most}"),
        _ => "",
    };
}

/// <summary>The checked members of one format's requests, found by their UTF-8 names.</summary>
internal sealed class RequestShape
{
    private readonly Dictionary<byte[], FieldRule> _rules = new(Utf8Names.Comparer);
    private readonly Dictionary<byte[], FieldRule>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    public RequestShape(params IReadOnlyList<FieldRule> rules)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rules.Count, 64);
        for (var i = 0; i < rules.Count; i++)
        {
            rules[i].Index = i;
            HasConversation |= rules[i].Elements != Elements.Any;
            _rules.Add(System.Text.Encoding.UTF8.GetBytes(rules[i].Name), rules[i]);
        }

        Rules = rules;
        _byName = _rules.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public IReadOnlyList<FieldRule> Rules { get; }

    /// <summary>Whether such a request is part of a conversation, which embeddings are not.</summary>
    public bool HasConversation { get; }

    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out FieldRule? rule) => _byName.TryGetValue(name, out rule);
}
