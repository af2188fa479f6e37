using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using Gateway.Proxy.Inspection;

namespace Gateway.Proxy.Scheduling.Sessions;

/// <summary>Recognises a conversation by what stays the same in all of its requests: instructions, tools and the first message of its user.</summary>
/// <remarks>
/// Only text counts, as it is escaped: whether a client sends a text as a string or as a part, and which part it marks for caching, changes from turn to turn. Reading ends with the
/// first message of the user, so later turns cost nothing. Nothing is copied.
/// </remarks>
internal static class SessionContent
{
    private const int MostSystemBytes = 4 * 1024;
    private const int MostUserBytes = 2 * 1024;
    private const int MostToolsBytes = 64 * 1024;

    /// <summary>
    /// Without instructions, a first message must have as many bytes. Shorter ones ("hi", "test") open many conversations that have nothing in common, and are far from the
    /// 1024 tokens from which platforms cache at all.
    /// </summary>
    private const int LeastBytes = 256;

    private enum Role
    {
        Unknown,
        System,
        User,
        Other,
    }

    /// <returns>False: there is too little to recognise a conversation by.</returns>
    /// <param name="body">One that has passed inspection.</param>
    public static bool TryAdd(XxHash128 hash, SessionSignals signals, ReadOnlySpan<byte> body)
    {
        for (var member = SessionMember.CountedRequest; member <= SessionMember.CountedRequestSnake; member++)
        {
            if (signals.Value(body, member) is [(byte)'{', ..] and var counted)
            {
                return TryAddMembers(hash, SessionSignals.Of(counted), counted);
            }
        }

        return TryAddMembers(hash, signals, body);
    }

    private static bool TryAddMembers(XxHash128 hash, SessionSignals signals, ReadOnlySpan<byte> body)
    {
        var system = new TextHash(hash, MostSystemBytes, isSystem: true);
        var user = new TextHash(hash, MostUserBytes, isSystem: false);
        for (var member = SessionMember.System; member <= SessionMember.SystemInstructionSnake; member++)
        {
            AddValue(signals.Value(body, member), ref system);
        }

        for (var member = SessionMember.Messages; member <= SessionMember.Contents && user.Length == 0; member++)
        {
            AddConversation(signals.Value(body, member), ref system, ref user);
        }

        // All conversations with the same instructions are not one conversation.
        if (user.Length == 0 || (system.Length == 0 && user.Length < LeastBytes))
        {
            return false;
        }

        // Where one text ends and the next begins.
        Span<byte> lengths = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, system.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], user.Length);
        hash.Append(lengths);
        AddTools(hash, signals.Value(body, SessionMember.Tools));
        return true;
    }

    private static void AddValue(ReadOnlySpan<byte> json, ref TextHash text)
    {
        var reader = new Utf8JsonReader(json);
        if (!json.IsEmpty && reader.Read())
        {
            text.Add(ref reader);
        }
    }

    private static void AddConversation(ReadOnlySpan<byte> json, ref TextHash system, ref TextHash user)
    {
        var reader = new Utf8JsonReader(json);
        if (json.IsEmpty || !reader.Read())
        {
            return;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                user.Add(ref reader);
                return;
            case JsonTokenType.StartObject:
                AddMessage(ref reader, ref system, ref user);
                return;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject && !AddMessage(ref reader, ref system, ref user))
                {
                }

                return;
        }
    }

    /// <summary>Reads one message; the role may stand behind the content.</summary>
    /// <returns>Whether it was the user's. The reader is then somewhere inside it.</returns>
    private static bool AddMessage(ref Utf8JsonReader reader, ref TextHash system, ref TextHash user)
    {
        var role = Role.Unknown;
        var hasContent = false;
        var isGemini = false;
        var content = default(Utf8JsonReader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            var isParts = reader.ValueTextEquals("parts"u8);
            var isContent = isParts || reader.ValueTextEquals("content"u8);
            reader.Read();
            if (isRole)
            {
                role = RoleOf(ref reader);
            }
            else if (isContent)
            {
                (hasContent, isGemini) = (true, isParts);
                content = reader;
            }

            if (hasContent && role == Role.User)
            {
                user.Add(ref content);
                return true;
            }

            reader.Skip();
        }

        // Gemini takes contents without a role for the user's.
        if (role == Role.User || (role == Role.Unknown && isGemini))
        {
            user.Add(ref content);
            return true;
        }

        if (role == Role.System && hasContent)
        {
            system.Add(ref content);
        }

        return false;
    }

    private static Role RoleOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? Role.Unknown
            : reader.ValueTextEquals("user"u8) ? Role.User
            : reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("developer"u8) ? Role.System
            : Role.Other;

    /// <summary>The tools as they are written, but for the marks of the cache.</summary>
    private static void AddTools(XxHash128 hash, ReadOnlySpan<byte> tools)
    {
        const int ToolMemberDepth = 2;
        tools = tools[..Math.Min(tools.Length, MostToolsBytes)];
        if (tools.IndexOf("\"cache_control\""u8) < 0)
        {
            hash.Append(tools);
            return;
        }

        var reader = new Utf8JsonReader(tools, isFinalBlock: false, default);
        var position = 0;
        var before = 0; // Behind the value or bracket that precedes the name.
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == ToolMemberDepth && reader.ValueTextEquals("cache_control"u8))
            {
                hash.Append(tools[position..before]);
                if (!reader.TrySkip())
                {
                    return;
                }

                position = (int)reader.BytesConsumed;
                if (tools[before - 1] == (byte)'{' && tools[position..].TrimStart(" \t\r\n"u8) is [(byte)',', .. var rest])
                {
                    // The first member goes with the comma behind it, the others with the one before.
                    position = tools.Length - rest.TrimStart(" \t\r\n"u8).Length;
                }

                before = position;
            }
            else
            {
                before = (int)reader.BytesConsumed;
            }
        }

        hash.Append(tools[position..]);
    }
}
