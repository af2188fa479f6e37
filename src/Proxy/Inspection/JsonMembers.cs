using System.Text.Json;

namespace Gateway.Proxy.Inspection;

/// <summary>A member of a JSON object and where it lies.</summary>
/// <param name="Start">Of its name's quote.</param>
/// <param name="End">Behind its value.</param>
internal readonly record struct JsonMember(string Name, int Start, int ValueStart, int End)
{
    public BodyRange Value => new(ValueStart, End - ValueStart);
}

/// <summary>Edits of a JSON text that leave every other byte as it is.</summary>
internal static class JsonMembers
{
    /// <summary>The members of the object that begins at <paramref name="start"/>; none if something else does.</summary>
    /// <exception cref="JsonException">The text is malformed.</exception>
    public static List<JsonMember> Of(ReadOnlySpan<byte> json, int start)
    {
        var members = new List<JsonMember>();
        var reader = new Utf8JsonReader(json[start..]);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return members;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var nameStart = start + (int)reader.TokenStartIndex;
            reader.Read();
            var valueStart = start + (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add(new JsonMember(name, nameStart, valueStart, start + (int)reader.BytesConsumed));
        }

        return members;
    }

    /// <summary>The items of the array that begins at <paramref name="start"/>; none if something else does.</summary>
    /// <exception cref="JsonException">The text is malformed.</exception>
    public static List<BodyRange> Items(ReadOnlySpan<byte> json, int start)
    {
        var items = new List<BodyRange>();
        var reader = new Utf8JsonReader(json[start..]);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return items;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var itemStart = start + (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(new BodyRange(itemStart, start + (int)reader.BytesConsumed - itemStart));
        }

        return items;
    }

    /// <summary>The member of that name; null: there is none.</summary>
    public static JsonMember? Find(this List<JsonMember> members, string name) => members.Find(member => member.Name == name) is { Name: not null } found ? found : null;

    /// <summary>Takes members out of one object, each with the comma that goes with it.</summary>
    /// <param name="members">All of the object.</param>
    public static void Remove(List<JsonMember> members, Func<JsonMember, bool> isRemoved, List<BodyEdit> edits) =>
        Remove(members.ConvertAll(member => new BodyRange(member.Start, member.End - member.Start)), index => isRemoved(members[index]), edits);

    /// <summary>Takes items out of one array, or members out of one object, each with the comma that goes with it.</summary>
    /// <param name="all">All of them, in order.</param>
    public static void Remove(List<BodyRange> all, Func<int, bool> isRemoved, List<BodyEdit> edits)
    {
        var hasKept = false;
        for (var i = 0; i < all.Count; i++)
        {
            if (!isRemoved(i))
            {
                hasKept = true;
                continue;
            }

            var start = hasKept ? all[i - 1].End : all[i].Start;
            var end = !hasKept && i + 1 < all.Count ? all[i + 1].Start : all[i].End;
            edits.Add(new BodyEdit(new BodyRange(start, end - start), []));
        }
    }

    /// <summary>The text with its edits.</summary>
    /// <param name="edits">Not overlapping; sorted here.</param>
    public static byte[] Apply(ReadOnlySpan<byte> json, List<BodyEdit> edits)
    {
        edits.Sort(static (one, other) => one.Range.Start.CompareTo(other.Range.Start));
        var length = json.Length;
        foreach (var edit in edits)
        {
            length += edit.Replacement.Length - edit.Range.Length;
        }

        var result = new byte[length];
        var rest = result.AsSpan();
        var position = 0;
        foreach (var edit in edits)
        {
            Write(json[position..edit.Range.Start], ref rest);
            Write(edit.Replacement, ref rest);
            position = edit.Range.End;
        }

        Write(json[position..], ref rest);
        return result;

        static void Write(ReadOnlySpan<byte> bytes, ref Span<byte> rest)
        {
            bytes.CopyTo(rest);
            rest = rest[bytes.Length..];
        }
    }
}
