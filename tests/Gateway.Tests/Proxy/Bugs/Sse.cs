using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Tests.Proxy.Formats;

namespace Gateway.Tests.Proxy.Bugs;

/// <summary>Short streams and requests, for one fault at a time.</summary>
internal static class Sse
{
    /// <summary>Events without names: Chat Completions and Gemini.</summary>
    public static string Data(params string[] data) => string.Concat(data.Select(text => $"data: {text}\n\n"));

    /// <summary>Events that are named by their type: Claude and Responses.</summary>
    public static string Named(params string[] data) =>
        string.Concat(data.Select(text => $"event: {JsonElement.Parse(text).GetProperty("type").GetString()}\ndata: {text}\n\n"));

    /// <summary>A chunk of Chat Completions with one choice.</summary>
    public static string Chunk(string delta, string? reason = null) =>
        $$"""{"id":"c","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(reason is null ? "null" : $"\"{reason}\"")}}}]}""";

    /// <summary>A chunk of Gemini with one candidate.</summary>
    public static string Candidate(string parts, string? reason = null) =>
        $$"""{"candidates":[{"index":0,"content":{"role":"model","parts":[{{parts}}]}{{(reason is null ? "" : $",\"finishReason\":\"{reason}\"")}}}],"responseId":"r"}""";

    /// <summary>A Claude stream around its blocks.</summary>
    public static string Message(string reason, params string[] blocks) => Named(
    [
        """{"type":"message_start","message":{"id":"m","usage":{"input_tokens":3,"output_tokens":1}}}""",
        .. blocks,
        $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":5}}""",
        """{"type":"message_stop"}""",
    ]);

    public static string[] Block(int index, string start, params string[] deltas) =>
    [
        $$"""{"type":"content_block_start","index":{{index}},"content_block":{{start}}}""",
        .. deltas.Select(delta => $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}"""),
        $$"""{"type":"content_block_stop","index":{{index}}}""",
    ];

    /// <summary>What a client of a format gets, event by event; the mark that ends OpenAI's streams is left out.</summary>
    public static List<JsonElement> To(WireFormat client, WireFormat upstream, string sse, string model = "other")
    {
        var request = Conversion.Decode(client, Request(client));
        var stream = Conversion.Stream(upstream, client, sse, request with { Model = "m" }, Conversion.Target(model));
        return [.. Conversion.Data(stream).Where(text => text != "[DONE]").Select(text => JsonElement.Parse(text))];
    }

    /// <summary>A request as a platform gets it.</summary>
    public static JsonElement Sent(WireFormat client, string body, WireFormat upstream, string model, out RequestTarget target)
    {
        target = Conversion.Target(model);
        return Conversion.Encode(Conversion.Decode(client, body), upstream, target);
    }

    public static Failure? Refusal(WireFormat client, string body, WireFormat upstream, string model)
    {
        var request = ClientCodec.Of(client).DecodeRequest(JsonElement.Parse(body), out var failure);
        if (request is null)
        {
            return failure;
        }

        var target = Conversion.Target(model);
        Codec.Of(upstream).CreateRequestEncoder(request, target).Encode();
        return target.Refusal;
    }

    public static IEnumerable<JsonElement> Deltas(this IEnumerable<JsonElement> chunks) =>
        chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).Select(choice => choice.GetProperty("delta"));

    /// <summary>A client's request for a stream with everything in it: reasoning and usage.</summary>
    public static string Request(WireFormat client) => client switch
    {
        WireFormat.Claude => """{"model":"m","stream":true,"max_tokens":10,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"hi"}]}""",
        WireFormat.Gemini => """{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}""",
        WireFormat.OpenAiResponses => """{"model":"m","stream":true,"input":"hi","reasoning":{"summary":"auto"}}""",
        _ => """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""",
    };
}
