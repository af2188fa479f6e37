using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Infrastructure.Validation;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Inspection;

/// <summary>
/// Reads a request body once: checks that it is JSON that every parser understands alike, checks the members that the gateway or its billing rely on,
/// and notes where the few members lie that may be edited. Bounded in time and memory for any input; nothing is copied.
/// </summary>
internal static class RequestInspector
{
    // The reader's own bound on depth; the platforms' real requests stay below 20.
    private const int MostDepth = 64;
    private const int MostMembers = 10_000;
    private const int MostReferences = 1000;
    private const int MostChoices = 128; // Of any platform.
    private const string ModelMember = "model";

    public static bool IsModelName(string name) => name.Length is > 0 and <= TextRules.ModelMaxLength && !name.Any(char.IsControl);

    /// <param name="addressed">What the address says already; null: the body says it all.</param>
    /// <returns>Null and the findings, or what is wrong.</returns>
    public static Failure? Inspect(ReadOnlySpan<byte> body, RequestShape shape, out InspectedRequest request, AddressedModel? addressed = null)
    {
        request = new InspectedRequest();
        if (body.IsEmpty)
        {
            return new Failure(FailureKind.InvalidRequest, "The request has no body. Send a JSON object.");
        }

        if (!Utf8.IsValid(body))
        {
            return new Failure(FailureKind.InvalidRequest, "The body is not valid UTF-8.");
        }

        try
        {
            return Read(body, shape, addressed, request);
        }
        catch (JsonException exception)
        {
            return new Failure(
                FailureKind.InvalidRequest, $"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).");
        }
    }

    private static Failure? Read(ReadOnlySpan<byte> body, RequestShape shape, AddressedModel? addressed, InspectedRequest request)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MostDepth + 1 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return new Failure(FailureKind.InvalidRequest, "The body must be a JSON object.");
        }

        request.MembersStart = (int)reader.BytesConsumed;
        var session = shape.HasConversation ? request.Session = new SessionSignals() : null;
        Span<int> members = stackalloc int[MostDepth + 1];
        members.Clear();
        var messages = default(MessageCheck);
        ulong seen = 0;
        var escapes = 0;
        while (reader.Read() && reader.CurrentDepth > 0)
        {
            if (reader.CurrentDepth >= MostDepth && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                return new Failure(FailureKind.InvalidRequest, $"The body is nested deeper than {MostDepth} levels.");
            }

            FieldRule? rule = null;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (++members[reader.CurrentDepth] > MostMembers)
                {
                    return new Failure(FailureKind.InvalidRequest, $"An object of the body has more than {MostMembers} members.");
                }

                if (JsonStrings.HasLoneSurrogate(ref reader))
                {
                    return LoneSurrogate();
                }

                if (reader.CurrentDepth == 1)
                {
                    session?.Member(ref reader);
                }

                if (reader.CurrentDepth > 1 || (rule = FindRule(ref reader, shape)) is null)
                {
                    messages.Property(ref reader);
                    continue;
                }

                if ((seen & (1UL << rule.Index)) != 0)
                {
                    return Failure.Invalid(rule.Name, $"'{rule.Name}' is given twice.");
                }

                seen |= 1UL << rule.Index;
                request.MaxTokensName = rule.Name switch
                {
                    "max_tokens" when request.MaxOutputTokens is null => new BodyRange((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2),
                    "max_completion_tokens" => default,
                    _ => request.MaxTokensName,
                };
                reader.Read();
                if (CheckValue(ref reader, rule) is { } failure || (failure = Note(ref reader, rule, request)) is not null)
                {
                    return failure;
                }

                messages.Enter(rule, reader.TokenType == JsonTokenType.StartArray);
            }

            if (reader.TokenType == JsonTokenType.StartObject)
            {
                members[reader.CurrentDepth + 1] = 0;
            }
            else if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped)
            {
                if (JsonStrings.HasLoneSurrogate(ref reader))
                {
                    return LoneSurrogate();
                }

                escapes += reader.ValueSpan.Length - JsonStrings.Utf8Length(ref reader);
            }

            if (rule is null && messages.Value(ref reader) is { } wrong)
            {
                return wrong;
            }
        }

        session?.End(ref reader);

        // The reader throws by itself on anything but white space behind the object.
        while (reader.Read())
        {
        }

        if (messages.References is { } references)
        {
            if (references.Count > MostReferences)
            {
                return Failure.Invalid("input", $"'input' refers to more than {MostReferences} items by their ids: send the items themselves.");
            }

            request.ItemReferences = References(body, references);
        }

        request.TextBytes = Math.Max(0, body.Length - messages.Media.Bytes - escapes);
        request.Images = messages.Media.Images;
        request.Documents = Math.Max(0, messages.Media.Documents);
        if (addressed is not null)
        {
            request.Model = addressed.Model;
            request.Stream = addressed.Stream ?? request.Stream;
        }

        foreach (var rule in shape.Rules)
        {
            if (rule.Required && (seen & (1UL << rule.Index)) == 0 && !(addressed is not null && rule.Name == ModelMember))
            {
                return Failure.Invalid(rule.Name, $"'{rule.Name}' is required: {rule.Accepts}.");
            }
        }

        return addressed is null || IsModelName(request.Model) ? null : NoModelName();
    }

    private static string[] References(ReadOnlySpan<byte> body, List<BodyRange> ranges)
    {
        var ids = new string[ranges.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            var reader = new Utf8JsonReader(body.Slice(ranges[i].Start, ranges[i].Length));
            reader.Read();
            ids[i] = reader.GetString()!;
        }

        return ids;
    }

    private static Failure NoModelName() =>
        Failure.Invalid(ModelMember, $"'model' must be a name of 1 to {TextRules.ModelMaxLength} characters without control characters.");

    private static FieldRule? FindRule(ref Utf8JsonReader reader, RequestShape shape)
    {
        if (!reader.ValueIsEscaped)
        {
            return shape.TryFind(reader.ValueSpan, out var rule) ? rule : null;
        }

        // "mod\u0065l" is "model" to every upstream, so it is to us.
        var unescaped = reader.GetString()!;
        return shape.TryFind(Encoding.UTF8.GetBytes(unescaped), out var escapedRule) ? escapedRule : null;
    }

    private static Failure? CheckValue(ref Utf8JsonReader reader, FieldRule rule)
    {
        var kind = reader.TokenType switch
        {
            JsonTokenType.String => JsonKinds.String,
            JsonTokenType.Number => JsonKinds.Number | JsonKinds.Integer,
            JsonTokenType.True or JsonTokenType.False => JsonKinds.Boolean,
            JsonTokenType.StartArray => JsonKinds.Array,
            JsonTokenType.StartObject => JsonKinds.Object,
            _ => JsonKinds.Null,
        };
        var fits = (rule.Kinds & kind) != 0;
        if (fits && reader.TokenType == JsonTokenType.Number)
        {
            fits = rule.Kinds.HasFlag(JsonKinds.Number)
                ? reader.TryGetDouble(out var number) && double.IsFinite(number) && number >= rule.Least && number <= rule.Most
                : TryGetInteger(ref reader, out var integer) && integer >= rule.Least && integer <= rule.Most;
        }

        return fits ? null : Failure.Invalid(rule.Name, $"'{rule.Name}' must be {rule.Accepts}.");
    }

    /// <summary>1e2 is an integer to JSON, and to most platforms.</summary>
    private static bool TryGetInteger(ref Utf8JsonReader reader, out long integer)
    {
        if (reader.TryGetInt64(out integer))
        {
            return true;
        }

        var isWhole = reader.TryGetDouble(out var number) && Math.Abs(number) < 1e15 && double.IsInteger(number);
        integer = isWhole ? (long)number : 0;
        return isWhole;
    }

    /// <summary>Keeps what the proxy needs of a member.</summary>
    private static Failure? Note(ref Utf8JsonReader reader, FieldRule rule, InspectedRequest request)
    {
        switch (rule.Name)
        {
            case ModelMember:
                request.Model = JsonStrings.HasLoneSurrogate(ref reader) ? "" : reader.GetString()!;
                request.WrittenModel = request.Model;
                request.ModelRange = new BodyRange((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));
                return IsModelName(request.Model) ? null : NoModelName();
            case "stream":
                request.Stream = reader.TokenType == JsonTokenType.True;
                return null;
            case "store":
                request.IsStored = reader.TokenType != JsonTokenType.False;
                return null;
            case "previous_response_id" when reader.TokenType == JsonTokenType.String:
                request.PreviousResponseId = JsonStrings.HasLoneSurrogate(ref reader) ? "" : reader.GetString();
                return null;
            case "background" when reader.TokenType == JsonTokenType.True:
                return Failure.Invalid("background", "'background' is not supported: what such a response uses is known only to whoever fetches it. Leave it out, and stream the response instead.");
            case "conversation" when reader.TokenType != JsonTokenType.Null:
                return Failure.Invalid("conversation", "'conversation' is not supported: it names something at the platform that may be anybody's. Use 'previous_response_id', or send the whole conversation as 'input'.");
            case "max_tokens" or "max_completion_tokens" or "max_output_tokens" when reader.TokenType == JsonTokenType.Number:
                // Both given: the newer name counts, as the platform has it.
                request.MaxOutputTokens = rule.Name == "max_tokens" && request.MaxOutputTokens is { } known ? known : TryGetInteger(ref reader, out var most) ? most : null;
                return null;
            case "n" when reader.TokenType == JsonTokenType.Number:
                request.Choices = TryGetInteger(ref reader, out var choices) ? (int)choices : 1; // Checked to be few.
                return null;
            case "service_tier" when reader.TokenType == JsonTokenType.String:
                request.ServiceTier = Word(ref reader);
                return null;
            case "speed" when reader.TokenType == JsonTokenType.String:
                request.Speed = Word(ref reader);
                return null;
            case "inference_geo" when reader.TokenType == JsonTokenType.String:
                request.Geo = Word(ref reader);
                return null;
            case "tools" or "functions" when reader.TokenType == JsonTokenType.StartArray:
                var first = reader;
                request.HasTools |= first.Read() && first.TokenType != JsonTokenType.EndArray;
                return null;
            case "reasoning_effort" when reader.TokenType == JsonTokenType.String:
                request.IsReasoningOff = reader.ValueTextEquals("none"u8);
                return null;
            case "generationConfig" or "generation_config" when reader.TokenType == JsonTokenType.StartObject:
                NoteGenerationConfig(reader, request);
                return null;
            case "thinking" when reader.TokenType == JsonTokenType.StartObject:
                request.IsReasoningOff = IsDisabled(reader);
                return null;
            case "stream_options" when reader.TokenType == JsonTokenType.StartObject:
                return NoteStreamOptions(reader, request);
            case "stream_options":
                request.StreamOptionsRange = new BodyRange((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));
                return null;
            default:
                return null;
        }
    }

    /// <summary>Gemini's limit on output tokens, and the number of its answers. Looks ahead with a copy of the reader.</summary>
    private static void NoteGenerationConfig(Utf8JsonReader reader, InspectedRequest request)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isLimit = reader.ValueTextEquals("maxOutputTokens"u8) || reader.ValueTextEquals("max_output_tokens"u8);
            var isChoices = reader.ValueTextEquals("candidateCount"u8) || reader.ValueTextEquals("candidate_count"u8);
            reader.Read();
            if ((isLimit || isChoices) && reader.TokenType == JsonTokenType.Number && TryGetInteger(ref reader, out var number))
            {
                request.MaxOutputTokens = isLimit ? number : request.MaxOutputTokens;
                request.Choices = isChoices ? (int)Math.Clamp(number, 1, MostChoices) : request.Choices;
            }

            reader.Skip();
        }
    }

    /// <summary>Null: it is none of the words that a platform knows.</summary>
    private static string? Word(ref Utf8JsonReader reader) => reader.ValueSpan.Length <= 32 && !JsonStrings.HasLoneSurrogate(ref reader) ? reader.GetString() : null;

    /// <summary>Claude's <c>{"type":"disabled"}</c>. Looks ahead with a copy of the reader.</summary>
    private static bool IsDisabled(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("disabled"u8);
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>Looks ahead with a copy of the reader: the walk over the body goes on undisturbed.</summary>
    private static Failure? NoteStreamOptions(Utf8JsonReader reader, InspectedRequest request)
    {
        var start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            request.HasStreamOptionsMembers = true;
            var isIncludeUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isIncludeUsage)
            {
                if (!request.IncludeUsageRange.IsEmpty)
                {
                    return Failure.Invalid("stream_options", "'stream_options.include_usage' is given twice.");
                }

                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
                {
                    return Failure.Invalid("stream_options", "'stream_options.include_usage' must be true or false.");
                }

                request.IncludeUsage = reader.TokenType == JsonTokenType.True;
                request.IncludeUsageRange = new BodyRange((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));
            }

            reader.Skip();
        }

        request.StreamOptionsRange = new BodyRange(start, (int)reader.BytesConsumed - start);
        return null;
    }

    private static Failure LoneSurrogate() =>
        new(FailureKind.InvalidRequest, "The body has a lone surrogate (half of a \\u pair): send the character whole.");
}
