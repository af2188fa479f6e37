using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>How far a response has come.</summary>
/// <param name="IncompleteReason">Null: it is not incomplete.</param>
internal readonly record struct ResponsesEnd(string Status, string? IncompleteReason)
{
    public static readonly ResponsesEnd InProgress = new("in_progress", null);

    public static ResponsesEnd Of(StopReason reason, string? detail) => reason switch
    {
        StopReason.Length or StopReason.ContextLength => new("incomplete", "max_output_tokens"),
        StopReason.ContentFilter => new("incomplete", "content_filter"),
        StopReason.Refusal when detail is null => new("incomplete", "content_filter"),
        StopReason.Malformed => new("failed", null),
        _ => new("completed", null),
    };
}

/// <summary>Writes the response object, which repeats what the client asked for.</summary>
internal static class ResponsesEcho
{
    public static void Write(Utf8JsonWriter writer, NeutralRequest request, AnswerSoFar soFar, in ResponsesEnd end)
    {
        var source = request.Source;
        writer.WriteStartObject();
        writer.WriteString("id"u8, soFar.Id);
        writer.WriteString("object"u8, "response"u8);
        writer.WriteNumber("created_at"u8, soFar.CreatedAt);
        writer.WriteString("status"u8, end.Status);
        writer.WriteBoolean("background"u8, false);
        WriteError(writer, end);
        Repeat(writer, source, "instructions", "null"u8);
        Repeat(writer, source, "max_output_tokens", "null"u8);
        Repeat(writer, source, "max_tool_calls", "null"u8);
        writer.WriteString("model"u8, soFar.Model);
        writer.WriteStartArray("output"u8);
        if (end.Status != ResponsesEnd.InProgress.Status)
        {
            foreach (var item in soFar.Output)
            {
                writer.WriteRawValue(item, skipInputValidation: true);
            }
        }

        writer.WriteEndArray();
        Repeat(writer, source, "parallel_tool_calls", "true"u8);
        writer.WriteNull("previous_response_id"u8);
        Repeat(writer, source, "prompt_cache_key", "null"u8);
        Repeat(writer, source, "reasoning", """{"effort":null,"summary":null}"""u8);
        Repeat(writer, source, "safety_identifier", "null"u8);
        Repeat(writer, source, "service_tier", "\"default\""u8);
        writer.WriteBoolean("store"u8, false); // Whatever was asked for: nothing is.
        Repeat(writer, source, "temperature", "1"u8);
        Repeat(writer, source, "text", """{"format":{"type":"text"}}"""u8);
        Repeat(writer, source, "tool_choice", "\"auto\""u8);
        Repeat(writer, source, "tools", "[]"u8);
        writer.WriteNumber("top_logprobs"u8, 0);
        Repeat(writer, source, "top_p", "1"u8);
        Repeat(writer, source, "truncation", "\"disabled\""u8);
        writer.WritePropertyName("usage"u8);
        ResponsesUsage.Write(writer, end.Status == ResponsesEnd.InProgress.Status ? default : WithZeros(soFar.Usage));
        Repeat(writer, source, "user", "null"u8);
        Repeat(writer, source, "metadata", "{}"u8);
        writer.WriteEndObject();
    }

    /// <summary>Clients read the counters of an answer that has ended, also where nobody reported them.</summary>
    private static TokenUsage WithZeros(in TokenUsage usage) => usage with { OutputTokens = usage.OutputTokens ?? 0 };

    private static void WriteError(Utf8JsonWriter writer, in ResponsesEnd end)
    {
        if (end.Status == "failed")
        {
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, "server_error"u8);
            writer.WriteString("message"u8, "The model wrote something that could not be read as an answer."u8);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("error"u8);
        }

        if (end.IncompleteReason is { } reason)
        {
            writer.WriteStartObject("incomplete_details"u8);
            writer.WriteString("reason"u8, reason);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("incomplete_details"u8);
        }
    }

    private static void Repeat(Utf8JsonWriter writer, JsonElement source, string name, ReadOnlySpan<byte> otherwise)
    {
        writer.WritePropertyName(name);
        if (source.Get(name) is { ValueKind: not JsonValueKind.Undefined } value)
        {
            value.WriteTo(writer);
        }
        else
        {
            writer.WriteRawValue(otherwise, skipInputValidation: true);
        }
    }
}
