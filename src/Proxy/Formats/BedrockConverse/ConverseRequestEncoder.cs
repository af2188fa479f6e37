using System.Text.Json;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.BedrockConverse;

/// <summary>A neutral request as Converse takes it. The model and whether to stream are in the address, not in the body.</summary>
/// <remarks>Source: Amazon Bedrock API reference, Converse, read 2026-11.</remarks>
internal sealed class ConverseRequestEncoder(NeutralRequest request, RequestTarget target) : RequestEncoder(request, target)
{
    private const int MostCacheMarks = 4;
    private const int MostStopSequences = 2500;
    private const int MostMetadata = 16;

    // As for Claude: longer answers that are not streamed end in a time limit on the way.
    private const long DefaultStreamedTokens = 32_000;
    private const long DefaultWholeTokens = 16_000;

    private ModelCapabilities Capabilities => Target.Capabilities;

    private bool IsFormatTold => Request.OutputFormat is { Kind: OutputFormatKind.JsonSchema, Schema: not null } && !Capabilities.StructuredOutput;

    protected override void Write(Utf8JsonWriter writer)
    {
        WithoutOpenAiOnly();
        DropIf(Request.ParallelToolCalls is false && Request.Tools.Count > 0 && !Request.HasLegacyFunctions, Request.Names.ParallelToolCalls);
        var blocks = new ConverseBlocks(Request, Target);
        var marked = ConverseMarks.Fit(Request with { Turns = blocks.Sendable() }, Target);
        var turns = Conversation.Arrange(
            marked,
            new ConversationRules { MustStartWithUser = true, MayEndWithAssistant = Capabilities.Prefill },
            Target);
        var marks = new CacheMarks(marked, turns, MostCacheMarks);
        if (marks.HasTooMany)
        {
            Target.Drop(Request.Names.CacheMarks);
        }

        var tools = Tools(marked.Tools, turns);
        writer.WriteStartObject();
        WriteSystem(writer, marked.System, marks, tools.Count > 0);
        writer.WriteStartArray("messages"u8);
        foreach (var turn in turns)
        {
            blocks.WriteTurn(writer, turn, marks);
        }

        writer.WriteEndArray();
        WriteTools(writer, tools, marks);
        var reasoning = Reasoning();
        WriteInference(writer, reasoning);
        WriteAdditional(writer, reasoning);
        WriteOutputFormat(writer);
        WriteServiceTier(writer);
        WriteMetadata(writer);
        writer.WriteEndObject();
    }

    /// <summary>The client's tools; those that a conversation has used when it brings none: Converse refuses calls without tools.</summary>
    private IReadOnlyList<ToolDefinition> Tools(IReadOnlyList<ToolDefinition> given, List<Turn> turns)
    {
        var used = turns.SelectMany(turn => turn.Blocks).OfType<ToolCallBlock>().Select(call => call.Name).Distinct(StringComparer.Ordinal).ToList();
        return given.Count > 0 && (used.Count > 0 || Request.ToolChoice?.Kind != ToolChoiceKind.None) ? given
            : [.. used.Select(name => new ToolDefinition(name, null, null, null))];
    }

    private void WriteSystem(Utf8JsonWriter writer, IReadOnlyList<TextBlock> system, CacheMarks marks, bool hasTools)
    {
        var texts = system.Where(block => !block.IsBlank).ToList();
        if (hasTools && (Request.Tools.Count == 0 || Request.ToolChoice?.Kind == ToolChoiceKind.None))
        {
            texts.Add(new TextBlock("Do not call any tool.")); // Converse has no word for it.
        }

        if (Request.OutputFormat is { Kind: OutputFormatKind.JsonObject })
        {
            texts.Add(new TextBlock("Reply with a single JSON object and nothing else."));
        }
        else if (IsFormatTold)
        {
            Target.Drop(Request.Names.OutputFormat);
            texts.Add(new TextBlock($"Reply with a single JSON value that follows this JSON Schema, and nothing else:\n{ToolArguments.Compact(Request.OutputFormat!.Schema!.Value)}"));
        }

        if (texts.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("system"u8);
        foreach (var text in texts)
        {
            ConverseBlocks.WriteText(writer, text.Text);
            ConverseBlocks.WriteCachePoint(writer, marks.Of(text));
        }

        writer.WriteEndArray();
    }

    private void WriteTools(Utf8JsonWriter writer, IReadOnlyList<ToolDefinition> tools, CacheMarks marks)
    {
        if (tools.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("toolConfig"u8);
        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("toolSpec"u8);
            writer.WriteString("name"u8, ConverseBlocks.ToolName(Target, tool.Name));
            if (!string.IsNullOrWhiteSpace(tool.Description))
            {
                writer.WriteString("description"u8, tool.Description);
            }

            writer.WriteStartObject("inputSchema"u8);
            writer.WritePropertyName("json"u8);
            JsonSchemas.WriteToolSchema(writer, tool);
            writer.WriteEndObject();
            if (tool.Strict is true && Capabilities.StrictTools)
            {
                writer.WriteBoolean("strict"u8, true);
            }

            DropIf(tool.Strict is true && !Capabilities.StrictTools, $"{Request.Names.Tools}.strict");
            writer.WriteEndObject();
            writer.WriteEndObject();
            ConverseBlocks.WriteCachePoint(writer, marks.Of(tool));
        }

        writer.WriteEndArray();
        WriteToolChoice(writer);
        writer.WriteEndObject();
    }

    private void WriteToolChoice(Utf8JsonWriter writer)
    {
        if (Request.ToolChoice is not { } choice || Request.Tools.Count == 0)
        {
            return;
        }

        DropIf(choice.Only is not null, Request.Names.ToolChoice);
        if (choice.Kind == ToolChoiceKind.None)
        {
            return;
        }

        writer.WriteStartObject("toolChoice"u8);
        writer.WriteStartObject(choice.Kind switch
        {
            ToolChoiceKind.Any => "any"u8,
            ToolChoiceKind.One => "tool"u8,
            _ => "auto"u8,
        });
        if (choice is { Kind: ToolChoiceKind.One, Name: { } name })
        {
            writer.WriteString("name"u8, ConverseBlocks.ToolName(Target, name));
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The level of reasoning to ask for; null: the model's default.</summary>
    private Effort? Reasoning()
    {
        var wanted = Request.Reasoning;
        var level = wanted.Level ?? (wanted.IsAdaptive ? Effort.Medium : null);
        if (level is null || (level == Effort.None && Capabilities.CanDisableThinking))
        {
            return null;
        }

        if (Capabilities.Converse.Reasoning == ConverseReasoning.None)
        {
            Target.Drop(Request.Names.Reasoning);
            return null;
        }

        DropIf(level == Effort.None, Request.Names.Reasoning);
        return level is { } some ? Capabilities.Nearest(some) : null;
    }

    private void WriteInference(Utf8JsonWriter writer, Effort? reasoning)
    {
        // Nova sets its own limits and sampling when it reasons its hardest.
        var isFixed = reasoning == Effort.High && Capabilities.Converse.Reasoning == ConverseReasoning.ReasoningConfig;
        var limit = OutputLimit() ?? (Capabilities.MaxOutputTokens is { } most ? Math.Min(Request.Stream ? DefaultStreamedTokens : DefaultWholeTokens, most) : null);
        var temperature = Clamp(Request.Temperature, 1, Request.Names.Temperature);
        var topP = Request.TopP;
        var takesNoSampling = isFixed || Capabilities.Sampling == Sampling.None;
        DropIf(isFixed && Request.MaxOutputTokens is not null, Request.Names.MaxOutputTokens);
        DropIf(takesNoSampling && temperature is not (null or 1), Request.Names.Temperature);
        DropIf(takesNoSampling && topP is not (null or 1), Request.Names.TopP);
        var isEither = Capabilities.Sampling == Sampling.TemperatureOrTopP && temperature is not null;
        DropIf(!takesNoSampling && isEither && topP is not (null or 1), Request.Names.TopP);
        var stops = StopSequences(MostStopSequences, takesBlank: false);
        writer.WriteStartObject("inferenceConfig"u8);
        if (limit is { } tokens && !isFixed)
        {
            writer.WriteNumber("maxTokens"u8, tokens);
        }

        if (temperature is { } value && !takesNoSampling)
        {
            writer.WriteNumber("temperature"u8, value);
        }

        if (topP is { } share && !takesNoSampling && !isEither)
        {
            writer.WriteNumber("topP"u8, share);
        }

        if (stops.Count > 0)
        {
            writer.WriteStartArray("stopSequences"u8);
            foreach (var stop in stops)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>What models take beyond Converse's own words.</summary>
    private void WriteAdditional(Utf8JsonWriter writer, Effort? reasoning)
    {
        var topK = Capabilities.Converse.TopK ? Request.TopK : null;
        DropIf(Request.TopK is not null && topK is null, Request.Names.TopK);
        if (topK is null && reasoning is null)
        {
            return;
        }

        writer.WriteStartObject("additionalModelRequestFields"u8);
        if (topK is { } count)
        {
            writer.WriteNumber("top_k"u8, count);
        }

        if (reasoning is { } effort && Capabilities.Converse.Reasoning == ConverseReasoning.ReasoningEffort)
        {
            writer.WriteString("reasoning_effort"u8, effort.Name());
        }
        else if (reasoning is { } level)
        {
            writer.WriteStartObject("reasoningConfig"u8);
            writer.WriteString("type"u8, "enabled"u8);
            writer.WriteString("maxReasoningEffort"u8, level.Name());
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteOutputFormat(Utf8JsonWriter writer)
    {
        if (Request.OutputFormat is not { Kind: OutputFormatKind.JsonSchema, Schema: { } schema } format || IsFormatTold)
        {
            return;
        }

        writer.WriteStartObject("outputConfig"u8);
        writer.WriteStartObject("textFormat"u8);
        writer.WriteString("type"u8, "json_schema"u8);
        writer.WriteStartObject("structure"u8);
        writer.WriteStartObject("jsonSchema"u8);
        writer.WriteString("schema"u8, JsonSchemas.StrictText(schema));
        writer.WriteString("name"u8, Target.ToolNames.Sent(format.Name ?? "output", ConverseBlocks.MostToolName, NeutralId.IsPlain));
        if (!string.IsNullOrEmpty(format.Description))
        {
            writer.WriteString("description"u8, format.Description);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteServiceTier(Utf8JsonWriter writer)
    {
        switch (Request.ServiceTier)
        {
            case null or "auto" or "default" or "standard":
                break;
            case "priority" or "flex":
                writer.WriteStartObject("serviceTier"u8);
                writer.WriteString("type"u8, Request.ServiceTier);
                writer.WriteEndObject();
                break;
            default:
                Target.Drop(Request.Names.ServiceTier);
                break;
        }
    }

    /// <summary>Only tells the operator's own logs at AWS something: what does not fit there is left out in silence.</summary>
    private void WriteMetadata(Utf8JsonWriter writer)
    {
        var fitting = Request.Metadata.Where(pair => IsMetadata(pair.Key) && pair.Key.Length > 0 && IsMetadata(pair.Value)).Take(MostMetadata).ToList();
        if (fitting.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("requestMetadata"u8);
        foreach (var (key, value) in fitting)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static bool IsMetadata(string text) => text.Length <= 256 && text.All(character => char.IsAsciiLetterOrDigit(character) || " :_@$#=/+,-.".Contains(character, StringComparison.Ordinal));
}
