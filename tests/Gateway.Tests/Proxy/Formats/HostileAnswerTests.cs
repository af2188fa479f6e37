using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Random bytes, and JSON whose members have any type: no reader, decoder or encoder breaks on them.</summary>
public sealed class HostileAnswerTests
{
    private static readonly WireFormat[] Formats = [WireFormat.OpenAiChat, WireFormat.OpenAiResponses, WireFormat.Claude, WireFormat.Gemini];

    private static readonly string[] Names =
    [
        "type", "id", "role", "model", "content", "text", "thinking", "signature", "delta", "index", "choices", "message", "tool_calls", "function", "name", "arguments", "finish_reason",
        "usage", "prompt_tokens", "input_tokens", "output_tokens", "error", "code", "status", "details", "candidates", "parts", "functionCall", "args", "thoughtSignature", "finishReason",
        "usageMetadata", "promptTokenCount", "response", "item", "output", "output_index", "summary", "encrypted_content", "content_block", "partial_json", "stop_reason", "messages", "input",
        "contents", "tools", "tool_choice", "parameters", "image_url", "url", "source", "data", "media_type", "tool_call_id", "tool_use_id", "call_id", "functionResponse", "inlineData",
        "generationConfig", "thinkingConfig", "system", "systemInstruction", "response_format", "json_schema", "schema", "properties", "reasoning", "effort", "stop", "max_tokens", "prompt_tokens_details",
        "cached_tokens", "incomplete_details", "reason", "retryDelay", "seconds", "logprobs", "refusal", "thinking_blocks", "extra_content", "google", "output_config", "format", "cache_control", "required", "items",
        "contentBlockIndex", "start", "toolUse", "toolUseId", "reasoningContent", "reasoningText", "redactedContent", "citationsContent", "stopReason", "inputTokens", "cacheDetails", "ttl",
        "strict", "anthropic_beta", "speed", "stream", "mcp_servers",
    ];

    private static readonly string[] ConverseEvents = ["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata", "exception", ""];

    private static readonly string[] Values =
    [
        "", "message_start", "content_block_start", "content_block_delta", "message_delta", "text_delta", "input_json_delta", "thinking_delta", "tool_use", "tool_result", "text", "user", "assistant", "tool",
        "system", "function", "response.output_item.added", "response.output_item.done", "response.output_text.delta", "response.completed", "response.failed", "response.function_call_arguments.delta",
        "function_call", "function_call_output", "reasoning", "message", "stop", "STOP", "MALFORMED_FUNCTION_CALL", "image", "image_url", "data:image/png;base64,AAAA", "data:,", "{\"x\":1}", "{", "object", "ANY",
        "json_schema", "high", "\ud800", "1e400", "model", "image/png", "gw1.claude.any.AAAA", "gw1.x", "17s", "https://example.com/a",
    ];

    private static readonly Gen<JsonNode?> Json = Gen.Recursive<JsonNode?>((depth, inner) =>
    {
        var leaf = Gen.OneOf(
            Gen.OneOf(Values).Select(text => (JsonNode?)JsonValue.Create(text)),
            Gen.Int.Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.OneOf(1e300, -1.5, 0.1).Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Bool.Select(truth => (JsonNode?)JsonValue.Create(truth)),
            Gen.Const((JsonNode?)null));
        if (depth > 6)
        {
            return leaf;
        }

        return Gen.Frequency(
            (2, leaf),
            (3, inner.List[0, 3].Select(items => (JsonNode?)new JsonArray([.. items]))),
            (6, Gen.Select(Gen.OneOf(Names), inner).List[0, 5].Select(Object)));
    });

    private static readonly Gen<byte[]> Bytes = Gen.OneOf(Gen.Byte.Array[0, 60], Json.Select(node => Encoding.UTF8.GetBytes(Written(node))));

    [Fact]
    public void No_answer_of_a_platform_breaks_its_reader_or_its_decoder() => Property.Holds(
        Bytes.List[1, 6],
        3000,
        answers =>
        {
            foreach (var wire in Formats)
            {
                var request = Conversion.Decode(WireFormat.OpenAiChat, """{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}""");
                var decoder = Codec.Of(wire).CreateAnswerDecoder();
                var encoder = ClientCodec.Of(WireFormat.OpenAiResponses).CreateAnswerEncoder(new AnswerContext(request, Conversion.Target("m"), "id", DateTimeOffset.UnixEpoch));
                var events = new List<NeutralEvent>();
                foreach (var answer in answers)
                {
                    decoder.ReadEvent(""u8, answer);
                    Codec.Of(wire).CreateAnswerDecoder().ReadBody(answer);
                    ReaderOf(wire).ReadEvent(""u8, answer);
                    ReaderOf(wire).ReadBody(answer);
                }

                var converse = Codec.Of(WireFormat.BedrockConverse).CreateAnswerDecoder();
                for (var i = 0; i < answers.Count; i++)
                {
                    converse.ReadEvent(Encoding.UTF8.GetBytes(ConverseEvents[(answers[i].Length + i) % ConverseEvents.Length]), answers[i]);
                    Codec.Of(WireFormat.BedrockConverse).CreateAnswerDecoder().ReadBody(answers[i]);
                }

                foreach (var (codec, list) in new[] { (WireFormat.OpenAiChat, "choices"), (WireFormat.Gemini, "candidates") })
                {
                    var several = new CandidatesDecoder([Codec.Of(codec).CreateAnswerDecoder(0), Codec.Of(codec).CreateAnswerDecoder(1)], list);
                    foreach (var answer in answers)
                    {
                        several.ReadEvent(""u8, answer);
                        new CandidatesDecoder([Codec.Of(codec).CreateAnswerDecoder(0), Codec.Of(codec).CreateAnswerDecoder(1)], list).ReadBody(answer);
                    }

                    several.Finish();
                }

                converse.Finish();
                decoder.Finish();
                decoder.Drain(events);
                var output = new System.Buffers.ArrayBufferWriter<byte>();
                foreach (var next in events)
                {
                    encoder.WriteEvent(output, next, decoder.Usage);
                }
            }
        });

    [Fact]
    public void No_request_of_a_client_breaks_its_decoder_or_an_encoder()
    {
        var decoded = 0;
        Property.Holds(
            Json,
            3000,
            node =>
            {
                var bytes = Encoding.UTF8.GetBytes(Written(node));
                foreach (var client in Formats)
                {
                    var body = With(node, client);
                    if (RequestInspector.Inspect(body, FormatOf(client).Shape(Operation.Generate), out _, client == WireFormat.Gemini ? new AddressedModel("m") : null) is not null)
                    {
                        continue;
                    }

                    if (client == WireFormat.Claude)
                    {
                        EditForBedrock(body);
                    }

                    if (ClientCodec.Of(client).DecodeRequest(JsonElement.Parse(body), out var failure) is not { } request)
                    {
                        failure.ShouldNotBeNull();
                        continue;
                    }

                    decoded++;
                    foreach (var (platform, model) in new[] { (WireFormat.OpenAiChat, "gpt-4o"), (WireFormat.OpenAiResponses, "gpt-5.5"), (WireFormat.Claude, "claude-opus-4-8"), (WireFormat.Gemini, "gemini-3-pro-preview"), (WireFormat.BedrockConverse, "amazon.nova-2-lite-v1:0") })
                    {
                        Codec.Of(platform).CreateRequestEncoder(request, Conversion.Target(model)).Encode();
                    }
                }
            });

        decoded.ShouldBeGreaterThan(1000, "too few random requests are of any use");
    }

    /// <summary>Whatever a request holds, what Bedrock gets is JSON without what it never takes.</summary>
    private static void EditForBedrock(byte[] body)
    {
        foreach (var model in new[] { "anthropic.claude-sonnet-4-5", "anthropic.claude-opus-5" })
        {
            var edits = new List<BodyEdit>();
            InvokeBody.CollectEdits(
                new UpstreamBody(WireFormat.Claude, Operation.Generate, body, new HeaderDictionary()), Conversion.Target(model), InvokeRules.Shipped, [["tools", "*", "name"], ["text"]], edits);

            var sent = JsonElement.Parse(JsonMembers.Apply(body, edits));

            sent.GetProperty("anthropic_version").GetString().ShouldBe("bedrock-2023-05-31");
            sent.TryGetProperty("model", out _).ShouldBeFalse();
            sent.TryGetProperty("speed", out _).ShouldBeFalse();
        }
    }

    private static JsonNode? Object(List<(string Name, JsonNode? Value)> members)
    {
        var json = new JsonObject();
        foreach (var (name, value) in members)
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }

    /// <summary>The random members in a request that is otherwise whole, so that the inspector lets it through.</summary>
    private static byte[] With(JsonNode? node, WireFormat client)
    {
        var body = new JsonObject { ["model"] = "m", ["max_tokens"] = 9 };
        var content = node?.DeepClone() is JsonArray or JsonObject ? node.DeepClone() : new JsonArray();
        var items = content is JsonArray array ? array : new JsonArray(content);
        var list = client switch
        {
            WireFormat.OpenAiResponses => "input",
            WireFormat.Gemini => "contents",
            _ => "messages",
        };
        body[list] = new JsonArray([.. items.Where(item => item is JsonObject).Select(item => Turn(item!.DeepClone(), client))]);
        if (node is JsonObject members)
        {
            foreach (var member in members.Where(member => member.Key != list && member.Key is not ("model" or "max_tokens")))
            {
                body[member.Key] = member.Value?.DeepClone();
            }
        }

        return Encoding.UTF8.GetBytes(Written(body));
    }

    private static JsonNode Turn(JsonNode item, WireFormat client) => client switch
    {
        WireFormat.Gemini => new JsonObject { ["role"] = "model", ["parts"] = new JsonArray(item) },
        WireFormat.OpenAiResponses => item,
        _ => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(item) },
    };

    /// <summary>As a client may write it: a lone surrogate as its escape.</summary>
    private static string Written(JsonNode? node)
    {
        try
        {
            return node?.ToJsonString() ?? "null";
        }
        catch (ArgumentException)
        {
            return "{\"text\":\"\\ud800\"}";
        }
    }

    private static AnswerReader ReaderOf(WireFormat wire) => FormatOf(wire).CreateReader(new InspectedRequest());

    private static ClientFormat FormatOf(WireFormat wire) => wire switch
    {
        WireFormat.OpenAiChat => new Gateway.Proxy.Formats.OpenAiChat.OpenAiChatFormat(),
        WireFormat.OpenAiResponses => new Gateway.Proxy.Formats.OpenAiResponses.ResponsesFormat(),
        WireFormat.Claude => new Gateway.Proxy.Formats.Claude.ClaudeFormat(),
        _ => new Gateway.Proxy.Formats.Gemini.GeminiFormat(),
    };
}
