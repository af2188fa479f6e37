using System.Text.Json;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>A neutral request as Gemini takes it. The model and whether to stream are in the address, not in the body.</summary>
/// <remarks>Source: Gemini API reference, generateContent, v1beta, read 2026-11.</remarks>
internal sealed class GeminiRequestEncoder(NeutralRequest request, RequestTarget target) : RequestEncoder(request, target)
{
    private const int MostToolName = 128;
    private const int MostStopSequences = 5;

    private readonly GeminiContents _contents = new(request, target, name => target.ToolNames.Sent(name, MostToolName, IsNameCharacter, IsNameStart));

    private ModelCapabilities Capabilities => Target.Capabilities;

    private bool IsFormatTold => Request.OutputFormat is not null && Request.Tools.Count > 0 && !Capabilities.StructuredOutputWithTools;

    protected override void Write(Utf8JsonWriter writer)
    {
        RefuseOthers();
        writer.WriteStartObject();
        var system = SystemTexts();
        var turns = _contents.Arrange();
        if (system.Count > 0)
        {
            writer.WriteStartObject("systemInstruction"u8);
            writer.WriteStartArray("parts"u8);
            foreach (var text in system)
            {
                writer.WriteStartObject();
                writer.WriteString("text"u8, text.Text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        WriteTools(writer);
        WriteToolChoice(writer);
        _contents.Write(writer, turns);
        WriteGenerationConfig(writer);
        WriteServiceTier(writer);
        writer.WriteEndObject();
    }

    private static bool IsNameCharacter(char character) => NeutralId.IsPlain(character) || character is '.' or ':';

    private static bool IsNameStart(char character) => char.IsAsciiLetter(character) || character == '_';

    private string ToolName(string name) => Target.ToolNames.Sent(name, MostToolName, IsNameCharacter, IsNameStart);

    private void RefuseOthers()
    {
        RefuseOtherShapes(Target.Capabilities.MaxCandidates, givesLogprobs: false);
        DropIf(Request.Verbosity is not (null or "medium"), Request.Names.Verbosity);
        DropIf(Request.ParallelToolCalls is false && Request.Tools.Count > 0 && !Request.HasLegacyFunctions, Request.Names.ParallelToolCalls);
    }

    private List<TextBlock> SystemTexts()
    {
        var texts = Request.System.Where(block => !block.IsBlank).ToList();
        if (IsFormatTold)
        {
            Target.Drop(Request.Names.OutputFormat);
            texts.Add(new TextBlock(Request.OutputFormat is { Kind: OutputFormatKind.JsonSchema, Schema: { } schema }
                ? $"Unless you call a tool, reply with a single JSON value that follows this JSON Schema, and nothing else:\n{ToolArguments.Compact(schema)}"
                : "Unless you call a tool, reply with a single JSON object and nothing else."));
        }

        return texts;
    }

    private void WriteTools(Utf8JsonWriter writer)
    {
        if (Request.Tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        writer.WriteStartObject();
        writer.WriteStartArray("functionDeclarations"u8);
        foreach (var tool in Request.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, ToolName(tool.Name));
            if (!string.IsNullOrEmpty(tool.Description))
            {
                writer.WriteString("description"u8, tool.Description);
            }

            if (GeminiSchemas.OfTool(tool) is { } schema)
            {
                writer.WritePropertyName("parametersJsonSchema"u8);
                schema.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteToolChoice(Utf8JsonWriter writer)
    {
        var choice = Request.ToolChoice ?? new ToolChoice(ToolChoiceKind.Auto);
        var isStrict = choice.Kind == ToolChoiceKind.Auto && Request.Tools.All(tool => tool.Strict is true);
        if (Request.Tools.Count == 0 || (Request.ToolChoice is null && !isStrict))
        {
            return;
        }

        IReadOnlyList<string>? only = choice is { Kind: ToolChoiceKind.One, Name: { } name } ? [name] : choice.Only;
        writer.WriteStartObject("toolConfig"u8);
        writer.WriteStartObject("functionCallingConfig"u8);
        writer.WriteString("mode"u8, choice.Kind switch
        {
            ToolChoiceKind.Any or ToolChoiceKind.One => "ANY"u8,
            ToolChoiceKind.None => "NONE"u8,

            // Names go with the modes ANY and VALIDATED only; the latter leaves the model its choice.
            _ => isStrict || only is not null ? "VALIDATED"u8 : "AUTO"u8,
        });
        if (only is { Count: > 0 } && choice.Kind != ToolChoiceKind.None)
        {
            writer.WriteStartArray("allowedFunctionNames"u8);
            foreach (var allowed in only)
            {
                writer.WriteStringValue(ToolName(allowed));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteGenerationConfig(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("generationConfig"u8);
        WriteIfSet(writer, "temperature"u8, Clamp(Request.Temperature, 2, Request.Names.Temperature));
        WriteIfSet(writer, "topP"u8, Request.TopP);
        WriteIfSet(writer, "topK"u8, Request.TopK);
        WriteIfSet(writer, "maxOutputTokens"u8, OutputLimit());
        WriteIfSet(writer, "candidateCount"u8, Request.Candidates > 1 ? Request.Candidates : null);
        WriteIfSet(writer, "presencePenalty"u8, Request.PresencePenalty);
        WriteIfSet(writer, "frequencyPenalty"u8, Request.FrequencyPenalty);
        if (Request.Seed is >= int.MinValue and <= int.MaxValue)
        {
            WriteIfSet(writer, "seed"u8, Request.Seed);
        }
        else
        {
            DropIf(Request.Seed is not null, Request.Names.Seed);
        }

        var stops = StopSequences(MostStopSequences, takesBlank: true);
        if (stops.Count > 0)
        {
            writer.WriteStartArray("stopSequences"u8);
            foreach (var stop in stops)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }

        if (Request.OutputFormat is { } format && !IsFormatTold)
        {
            writer.WriteString("responseMimeType"u8, "application/json"u8);
            if (format.Schema is { } schema)
            {
                writer.WritePropertyName("responseJsonSchema"u8);
                GeminiSchemas.Clean(schema).WriteTo(writer);
            }
        }

        WriteThinking(writer);
        writer.WriteEndObject();
    }

    private void WriteThinking(Utf8JsonWriter writer)
    {
        var plan = GeminiThinking.Of(Request.Reasoning, Capabilities);
        DropIf(plan.IsWeakened, Request.Names.Reasoning);
        var shows = plan.IsOn && (Request.Reasoning.Show ?? Target.ShowReasoning);
        if (plan is { BudgetTokens: null, Level: null } && !shows)
        {
            return;
        }

        writer.WriteStartObject("thinkingConfig"u8);
        if (plan.BudgetTokens is { } budget)
        {
            writer.WriteNumber("thinkingBudget"u8, budget);
        }
        else if (plan.Level is { } level)
        {
            writer.WriteString("thinkingLevel"u8, level.Name().ToUpperInvariant());
        }

        if (shows)
        {
            writer.WriteBoolean("includeThoughts"u8, true);
        }

        writer.WriteEndObject();
    }

    private void WriteServiceTier(Utf8JsonWriter writer)
    {
        switch (Request.ServiceTier)
        {
            case null or "auto" or "default" or "standard":
                break;
            case "flex" or "priority":
                writer.WriteString("serviceTier"u8, Request.ServiceTier);
                break;
            default:
                Target.Drop(Request.Names.ServiceTier);
                break;
        }
    }

    private static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}
