using System.Text;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Gemini;

/// <summary>One answer in both its forms, with the same ids and figures.</summary>
internal sealed class ContentReply(Exchange exchange, GeminiModel model, ScriptedAnswer script, int promptWords)
{
    public bool ShowsThoughts { get; init; }

    /// <summary>How many answers are given, all alike.</summary>
    public int Candidates { get; init; } = 1;

    /// <summary>From Gemini 3 on every first call is signed, and what a script signs is signed as it says.</summary>
    private string? Signature => script.Parts.OfType<ThinkingPart>().Select(thinking => thinking.Signature).LastOrDefault(signature => signature is not null)
        ?? (model.IsThird ? Convert.ToBase64String(Encoding.UTF8.GetBytes(exchange.Id("signature ", 24))) : null);

    private bool HasCall => script.Parts.Any(part => part is ToolCallPart);

    public JsonObject Whole()
    {
        var parts = Parts(isStreamed: false).ToList();
        if (!HasCall && Signature is { } signature && parts.Count > 0)
        {
            parts[^1]["thoughtSignature"] = signature;
        }

        return Answer(parts, script.StopReason ?? "STOP", Usage(isLast: true));
    }

    public IEnumerable<ServerEvent> Events() => Chunks().Select(GeminiWire.Event);

    /// <summary>The reason comes behind the last part, in a chunk with an empty text.</summary>
    public IEnumerable<JsonObject> Chunks()
    {
        foreach (var part in Parts(isStreamed: true))
        {
            yield return Answer([part], null, Usage(isLast: false));
        }

        if (!script.OmitsTerminalEvent)
        {
            var last = Text("", isThought: false);
            if (!HasCall && Signature is { } signature)
            {
                last["thoughtSignature"] = signature;
            }

            yield return Answer([last], script.StopReason ?? "STOP", Usage(isLast: true));
        }
    }

    private static JsonObject Text(string text, bool isThought) =>
        isThought ? new JsonObject { ["text"] = text, ["thought"] = true } : new JsonObject { ["text"] = text };

    private IEnumerable<JsonObject> Parts(bool isStreamed)
    {
        var isSigned = false;
        foreach (var part in script.Parts)
        {
            switch (part)
            {
                case TextPart or ThinkingPart when part is TextPart || ShowsThoughts:
                    var pieces = part is TextPart text ? text.Pieces : ((ThinkingPart)part).Pieces;
                    foreach (var piece in isStreamed ? Pieces.Of(pieces, script.Chunks) : [string.Concat(pieces)])
                    {
                        yield return Text(piece, part is ThinkingPart);
                    }

                    break;

                case ToolCallPart call:
                    yield return Call(call, isSigned ? null : Signature);
                    isSigned = true;
                    break;
            }
        }
    }

    /// <summary>Calls come whole; one without arguments has none, and one that is scripted without an id has none either.</summary>
    private static JsonObject Call(ToolCallPart call, string? signature)
    {
        var function = new JsonObject { ["name"] = call.Name };
        if (call.Arguments.Count > 0)
        {
            function["args"] = JsonNode.Parse(string.Concat(call.Arguments));
        }

        if (call.Id is { } id)
        {
            function["id"] = id;
        }

        var part = new JsonObject { ["functionCall"] = function };
        if (signature is not null)
        {
            part["thoughtSignature"] = signature;
        }

        return part;
    }

    private JsonObject Answer(IEnumerable<JsonObject> parts, string? reason, JsonObject? usage)
    {
        var candidate = new JsonObject { ["content"] = new JsonObject { ["parts"] = parts.ToJsonArray(), ["role"] = "model" } };
        if (reason is not null)
        {
            candidate["finishReason"] = reason;
        }

        var answer = new JsonObject
        {
            ["candidates"] = Enumerable.Range(0, Candidates).Select(index =>
            {
                var one = candidate.DeepClone().AsObject();
                one["index"] = index;
                return one;
            }).ToJsonArray(),
        };
        if (usage is not null)
        {
            answer["usageMetadata"] = usage;
        }

        answer["modelVersion"] = model.Id;
        answer["responseId"] = exchange.Id("", 24);
        return answer;
    }

    /// <summary>On every chunk; the output is known with the last. The input counts cached tokens, the output does not count thoughts.</summary>
    private JsonObject? Usage(bool isLast)
    {
        if (!script.ReportsUsage)
        {
            return null;
        }

        var usage = script.Usage ?? DefaultUsage.For(script, promptWords);
        var json = new JsonObject { ["promptTokenCount"] = usage.TotalInputTokens };
        if (usage.CacheReadTokens > 0)
        {
            json["cachedContentTokenCount"] = usage.CacheReadTokens;
        }

        if (isLast)
        {
            json["candidatesTokenCount"] = usage.OutputTokens - usage.ReasoningTokens;
        }

        json["totalTokenCount"] = usage.TotalInputTokens + (isLast ? usage.OutputTokens : usage.ReasoningTokens);
        json["promptTokensDetails"] = new JsonArray(new JsonObject { ["modality"] = "TEXT", ["tokenCount"] = usage.TotalInputTokens });
        if (usage.ReasoningTokens > 0)
        {
            json["thoughtsTokenCount"] = usage.ReasoningTokens;
        }

        return json;
    }
}
