using System.Text;
using System.Text.Json;

namespace Gateway.Proxy.Scheduling.Sessions;

/// <summary>Reads the names that clients give their sessions. All of it is the client's input: what is not understood is absent, never a reason to refuse.</summary>
internal static class SessionNames
{
    /// <summary>Longer values of the body count by their beginning only: nobody's session has such a name, and reading it must cost nothing.</summary>
    public const int MostBytes = 1024;

    // Claude's has one member and OpenAI's no more than 16 short ones.
    private const int MostMetadataBytes = 16 * 1024;

    /// <summary>A header that has one value with something in it; otherwise null. Of several values none is known to be the right one.</summary>
    public static string? Header(IHeaderDictionary headers, string name)
    {
        var values = headers[name];
        return values.Count == 1 ? Present(values[0]) : null;
    }

    /// <summary>A JSON string that has something in it; null: it is empty or something else.</summary>
    /// <param name="json">One value of an inspected body; may be empty.</param>
    public static string? Text(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'"')
        {
            return null;
        }

        if (json.Length > MostBytes)
        {
            return Present(Encoding.UTF8.GetString(json[1..MostBytes]));
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Present(reader.GetString());
    }

    /// <summary><c>metadata.user_id</c>; null: there is none.</summary>
    /// <param name="metadata">The member's JSON in an inspected body; may be empty.</param>
    public static string? UserId(ReadOnlySpan<byte> metadata)
    {
        var reader = new Utf8JsonReader(metadata[..Math.Min(metadata.Length, MostMetadataBytes)], isFinalBlock: false, default);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.BytesConsumed;
            if (reader.ValueTextEquals("user_id"u8))
            {
                return Text(Value(metadata[start..]));
            }

            if (!reader.TrySkip())
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The session in Claude Code's <c>metadata.user_id</c>; null: it has another shape.</summary>
    /// <remarks>
    /// <c>user_&lt;64 hex&gt;_account_&lt;uuid or nothing&gt;_session_&lt;uuid&gt;</c>, and since Claude Code 2.1.78 a string of JSON with <c>device_id</c>, <c>account_uuid</c> and
    /// <c>session_id</c>. The rest is the user, who has many sessions. Only a UUID is taken for the session of the older shape: another program's <c>user_4_session_1</c> would
    /// share its <c>1</c> with every other user.
    /// </remarks>
    public static string? OfClaudeCode(string userId)
    {
        const string SessionPart = "_session_";
        if (userId.StartsWith('{'))
        {
            return Member(userId, "session_id"u8);
        }

        return userId.StartsWith("user_", StringComparison.Ordinal)
            && userId.LastIndexOf(SessionPart, StringComparison.Ordinal) is > 0 and var at
            && userId.AsSpan(0, at).Contains("_account_", StringComparison.Ordinal)
            && Guid.TryParseExact(userId.AsSpan(at + SessionPart.Length), "D", out _)
                ? userId[(at + SessionPart.Length)..]
                : null;
    }

    /// <summary>A member of JSON that came inside a string or a header, which nobody has checked; null: it has none, or is malformed.</summary>
    public static string? Member(string json, ReadOnlySpan<byte> name)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isWanted = reader.ValueTextEquals(name);
                reader.Read();
                if (isWanted)
                {
                    return reader.TokenType == JsonTokenType.String ? Present(reader.GetString()) : null;
                }

                reader.Skip();
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is a lone surrogate.
            return null;
        }
    }

    private static string? Present(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    /// <summary>The string that begins here, or as much of it as counts.</summary>
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> json)
    {
        json = json.TrimStart(" \t\r\n"u8);
        var reader = new Utf8JsonReader(json[..Math.Min(json.Length, MostBytes)], isFinalBlock: false, default);
        return reader.Read() ? json[..(int)reader.BytesConsumed] : json;
    }
}
