using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>A Gemini request into neutral words. The model and whether to stream are in the address.</summary>
/// <remarks>Source: Gemini API reference, generateContent, v1beta, read 2026-11.</remarks>
internal sealed class GeminiRequestDecoder : RequestDecoder
{
    private static readonly FieldNames Names = new()
    {
        Messages = "contents",
        Tools = "tools",
        ToolChoice = "toolConfig",
        ParallelToolCalls = "toolConfig",
        MaxOutputTokens = "generationConfig.maxOutputTokens",
        Temperature = "generationConfig.temperature",
        TopP = "generationConfig.topP",
        TopK = "generationConfig.topK",
        StopSequences = "generationConfig.stopSequences",
        PresencePenalty = "generationConfig.presencePenalty",
        FrequencyPenalty = "generationConfig.frequencyPenalty",
        Seed = "generationConfig.seed",
        Candidates = "generationConfig.candidateCount",
        TopLogprobs = "generationConfig.responseLogprobs",
        OutputFormat = "generationConfig.responseMimeType",
        Reasoning = "generationConfig.thinkingConfig",
        Verbosity = "verbosity",
        ServiceTier = "serviceTier",
        CacheMarks = "cachedContent",
    };

    private const int MostCandidates = 128;

    // Calls of the model's last turn, by the function's name: results without an id answer them in their order.
    private readonly Dictionary<string, Queue<string>> _calls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);

    private GeminiRequestDecoder()
    {
    }

    public static NeutralRequest? Decode(JsonElement body, out Failure? failure) => new GeminiRequestDecoder().Run(body, out failure);

    protected override NeutralRequest Read(JsonElement body)
    {
        var config = body.Proto("generationConfig");
        RefuseOthers(body, config);
        var choice = body.Proto("toolConfig").Proto("functionCallingConfig");
        var isStrict = choice.Text("mode")?.ToUpperInvariant() == "VALIDATED";
        return new NeutralRequest
        {
            Names = Names,
            Vendor = Vendors.Gemini,
            Model = "",
            System = [.. ReadSystem(body.Proto("systemInstruction"))],
            Turns = [.. ReadTurns(body)],
            Tools = [.. body.Items("tools").SelectMany((tool, index) => ReadTool(tool, $"tools[{index}]", isStrict))],
            ToolChoice = ReadToolChoice(choice),
            MaxOutputTokens = config.ProtoInteger("maxOutputTokens"),
            Temperature = config.ProtoNumber("temperature"),
            TopP = config.ProtoNumber("topP"),
            TopK = config.ProtoInteger("topK"),
            PresencePenalty = config.ProtoNumber("presencePenalty"),
            FrequencyPenalty = config.ProtoNumber("frequencyPenalty"),
            Seed = config.ProtoInteger("seed"),
            StopSequences = [.. config.ProtoItems("stopSequences").Where(stop => stop.ValueKind == JsonValueKind.String).Select(stop => stop.GetString()!)],
            Candidates = Math.Max(1, config.ProtoInteger("candidateCount") ?? 1),
            TopLogprobs = config.Proto("responseLogprobs").ValueKind == JsonValueKind.True ? config.ProtoInteger("logprobs") ?? 0 : null,
            OutputFormat = ReadOutputFormat(config),
            Reasoning = ReadReasoning(config.Proto("thinkingConfig")),
            ServiceTier = body.ProtoText("serviceTier")?.ToLowerInvariant(),
            IncludeUsage = true,
        };
    }

    private void RefuseOthers(JsonElement body, JsonElement config)
    {
        if (body.ProtoText("cachedContent") is { Length: > 0 })
        {
            RefuseUnsupported("cachedContent");
        }

        if (config.ProtoInteger("candidateCount") is < 0 or > MostCandidates)
        {
            Refuse(Names.Candidates, $"must be between 1 and {MostCandidates}");
        }

        if (config.ProtoItems("responseModalities").Any(modality => modality.ValueKind != JsonValueKind.String || !string.Equals(modality.GetString(), "TEXT", StringComparison.OrdinalIgnoreCase)))
        {
            RefuseUnsupported("generationConfig.responseModalities");
        }

        if (config.ProtoObject("speechConfig") is not null)
        {
            RefuseUnsupported("generationConfig.speechConfig");
        }
    }

    private static IEnumerable<TextBlock> ReadSystem(JsonElement system) => system.ValueKind == JsonValueKind.String
        ? [new TextBlock(system.GetString()!)]
        : PartsOf(system).Select(part => part.Text("text")).OfType<string>().Select(text => new TextBlock(text));

    /// <summary>An object in place of a list of one is taken, as Google takes it.</summary>
    private static IEnumerable<JsonElement> PartsOf(JsonElement content) => content.Get("parts") is { ValueKind: JsonValueKind.Object } one ? [one] : content.Items("parts");

    private IEnumerable<Turn> ReadTurns(JsonElement body)
    {
        IEnumerable<JsonElement> contents = body.Object("contents") is { } one ? [one] : body.Items("contents");
        var index = 0;
        foreach (var content in contents)
        {
            var isModel = content.Text("role") == "model";
            yield return new Turn(isModel ? TurnRole.Assistant : TurnRole.User, ReadParts(content, index, isModel), $"contents[{index}]");
            index++;
        }
    }

    private List<Block> ReadParts(JsonElement content, int turn, bool isModel)
    {
        var blocks = new List<Block>();
        var thought = new StringBuilder();
        var place = 0;
        if (isModel)
        {
            _calls.Clear();
            _answered.Clear();
        }

        foreach (var part in PartsOf(content))
        {
            var signature = Signature(part.ProtoText("thoughtSignature"));
            if (part.Boolean("thought") is true)
            {
                thought.Append(part.Text("text"));
            }

            if (signature is not null && SignatureTag.IsTagged(signature))
            {
                // Another platform's reasoning: its signature travels with the part behind it.
                blocks.Add(CarriedThinking.Read(thought.ToString(), signature));
                thought.Clear();
                signature = null;
            }

            if (part.Boolean("thought") is not true && ReadPart(part, signature, turn, place, isModel) is { } block)
            {
                blocks.Add(block);
            }

            place++;
        }

        return blocks;
    }

    /// <summary>Signatures are base64 here, and so are the gateway's tagged ones.</summary>
    private static string? Signature(string? signature)
    {
        if (signature is null || !Base64.IsValid(signature))
        {
            return signature;
        }

        var text = Encoding.UTF8.GetString(Convert.FromBase64String(signature));
        return SignatureTag.IsTagged(text) ? text : signature;
    }

    private Block? ReadPart(JsonElement part, string? signature, int turn, int place, bool isModel)
    {
        var field = $"contents[{turn}].parts[{place}]";
        if (part.Text("text") is { } text)
        {
            return text.Length > 0 ? new TextBlock(text) { Signature = isModel ? signature : null } : null;
        }

        if (part.ProtoObject("functionCall") is { } call)
        {
            var name = call.Text("name") ?? "";
            var arguments = call.Object("args") ?? ToolArguments.Parse("");
            var id = call.Text("id") is { Length: > 0 } given ? given : NeutralId.OfCall(turn, place, name, ToolArguments.Text(arguments));
            Called(name).Enqueue(id);
            return new ToolCallBlock(id, name, arguments) { Signature = signature };
        }

        if (part.ProtoObject("functionResponse") is { } response)
        {
            return ReadResponse(response, field);
        }

        if (part.ProtoObject("inlineData") is { } data)
        {
            var type = data.ProtoText("mimeType");
            return new MediaBlock(KindOf(type)) { MediaType = type, Base64 = data.Text("data") };
        }

        if (part.ProtoObject("fileData") is { } file)
        {
            return ReadFile(file, field);
        }

        if (signature is null && part.EnumerateObject().FirstOrDefault(member => member.Name is not ("thought" or "thoughtSignature" or "thought_signature")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
        {
            Refuse($"{field}.{other.Name}", "is only known to Gemini");
        }

        return null;
    }

    private MediaBlock? ReadFile(JsonElement file, string field)
    {
        var uri = file.ProtoText("fileUri") ?? "";
        var type = file.ProtoText("mimeType");
        if (Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" && !uri.Contains("/files/", StringComparison.Ordinal))
        {
            return new MediaBlock(KindOf(type)) { MediaType = type, Url = uri };
        }

        Refuse($"{field}.fileData", "names a file that only Google can read: send its bytes as inlineData");
        return null;
    }

    /// <summary>Without an id it answers the first call of its name that is not answered yet.</summary>
    private ToolResultBlock ReadResponse(JsonElement response, string field)
    {
        var name = response.Text("name") ?? "";
        var id = response.Text("id") is { Length: > 0 } given ? given : NextUnanswered(name);
        _answered.Add(id);

        var said = response.Get("response");
        var error = said.Get("error");
        var content = new List<Block>();
        var text = error.ValueKind != JsonValueKind.Undefined ? Plain(error) : said.Get("output") is { ValueKind: not JsonValueKind.Undefined } output ? Plain(output) : Plain(said);
        if (text.Length > 0)
        {
            content.Add(new TextBlock(text));
        }

        foreach (var data in response.Items("parts").Select(part => part.ProtoObject("inlineData")).OfType<JsonElement>())
        {
            content.Add(new MediaBlock(KindOf(data.ProtoText("mimeType"))) { MediaType = data.ProtoText("mimeType"), Base64 = data.Text("data") });
        }

        if (said.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            Refuse($"{field}.functionResponse.response", "must be an object");
        }

        return new ToolResultBlock(id, content, error.ValueKind != JsonValueKind.Undefined);
    }

    private string NextUnanswered(string name)
    {
        var calls = Called(name);
        while (calls.TryDequeue(out var id))
        {
            if (!_answered.Contains(id))
            {
                return id;
            }
        }

        return name;
    }

    private Queue<string> Called(string name)
    {
        if (!_calls.TryGetValue(name, out var calls))
        {
            _calls[name] = calls = new Queue<string>();
        }

        return calls;
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => "",
        JsonValueKind.String => value.GetString()!,
        _ => ToolArguments.Compact(value),
    };

    private static MediaKind KindOf(string? type) => type?.Split('/')[0] switch
    {
        "image" => MediaKind.Image,
        "audio" => MediaKind.Audio,
        "video" => MediaKind.Video,
        _ => MediaKind.Document,
    };

    private IEnumerable<ToolDefinition> ReadTool(JsonElement tool, string field, bool isStrict)
    {
        foreach (var member in tool.EnumerateObject().Where(member => member.Name is not ("functionDeclarations" or "function_declarations")))
        {
            Refuse($"{field}.{member.Name}", "runs at Google only");
        }

        return tool.ProtoItems("functionDeclarations").Select(function => new ToolDefinition(
            function.Text("name") ?? "",
            function.Text("description"),
            function.ProtoObject("parametersJsonSchema") ?? (function.Object("parameters") is { } old ? OpenApiSchemas.ToJsonSchema(old) : null),
            isStrict ? true : null));
    }

    private static ToolChoice? ReadToolChoice(JsonElement choice)
    {
        var only = choice.ProtoItems("allowedFunctionNames").Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).ToList();
        return choice.Text("mode")?.ToUpperInvariant() switch
        {
            "ANY" when only.Count == 1 => new ToolChoice(ToolChoiceKind.One, only[0]),
            "ANY" => new ToolChoice(ToolChoiceKind.Any) { Only = only.Count > 0 ? only : null },
            "NONE" => new ToolChoice(ToolChoiceKind.None),
            "AUTO" or "VALIDATED" => new ToolChoice(ToolChoiceKind.Auto) { Only = only.Count > 0 ? only : null },
            _ => null,
        };
    }

    private static OutputFormat? ReadOutputFormat(JsonElement config)
    {
        if (config.ProtoText("responseMimeType") != "application/json")
        {
            return null;
        }

        var schema = config.ProtoObject("responseJsonSchema") ?? (config.ProtoObject("responseSchema") is { } old ? OpenApiSchemas.ToJsonSchema(old) : null);
        return schema is null ? new OutputFormat(OutputFormatKind.JsonObject) : new OutputFormat(OutputFormatKind.JsonSchema, schema, "output");
    }

    private Reasoning ReadReasoning(JsonElement thinking)
    {
        var shows = thinking.Proto("includeThoughts").ValueKind == JsonValueKind.True;
        Effort? effort = thinking.ProtoInteger("thinkingBudget") switch
        {
            null => ReadLevel(thinking.ProtoText("thinkingLevel")?.ToLowerInvariant()),
            < 0 => null,
            0 => Effort.None,
            <= 1024 => Effort.Low,
            <= 8192 => Effort.Medium,
            _ => Effort.High,
        };
        return new Reasoning(effort, null, shows);
    }

    private Effort? ReadLevel(string? name) => name is "thinking_level_unspecified" ? null : ReadEffort(name, "generationConfig.thinkingConfig.thinkingLevel");
}
