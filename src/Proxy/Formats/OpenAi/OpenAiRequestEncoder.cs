using System.Text.Json;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>What requests for chat completions and for responses have in common: the same models take the same settings, in other places.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions and Responses, read 2026-11.</remarks>
internal abstract class OpenAiRequestEncoder(NeutralRequest request, RequestTarget target) : RequestEncoder(request, target)
{
    private const int MostToolName = 64;

    protected ModelCapabilities Capabilities => Target.Capabilities;

    /// <summary>Whether the members of a typed object stand in an object of their own, named like the type.</summary>
    protected abstract bool NestsTyped { get; }

    /// <summary>Whether tools that take one text are sent as what they are.</summary>
    protected abstract bool TakesCustomTools { get; }

    /// <summary>What is said where the client did not say whether a schema is strict; null: nothing.</summary>
    protected abstract bool? DefaultStrict { get; }

    /// <summary>A model that is thinking takes no sampling.</summary>
    private bool TakesSampling => Capabilities.Sampling != Sampling.None && !(Capabilities.Reasons && Request.Reasoning.Effort != Effort.None);

    protected string ToolName(string name) => Target.ToolNames.Sent(name, MostToolName, NeutralId.IsPlain);

    /// <summary>Refuses what would change the shape of the answer, and drops what only other platforms have.</summary>
    protected void WithoutOthersOnly(long mostCandidates)
    {
        RefuseOtherShapes(mostCandidates, Capabilities.Logprobs);
        DropIf(Request.TopK is not null, Request.Names.TopK);
    }

    protected void WriteTools(Utf8JsonWriter writer)
    {
        if (Request.Tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var tool in Request.Tools)
        {
            WriteTool(writer, tool);
        }

        writer.WriteEndArray();
        WriteToolChoice(writer);
        if (Request.ParallelToolCalls is { } parallel)
        {
            writer.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    /// <param name="unset">The value that is as good as none: nobody misses it when it is left out.</param>
    /// <param name="field">As the client calls it.</param>
    protected void WriteSamplingParameter(Utf8JsonWriter writer, string name, double? value, double unset, string field)
    {
        if (value is not { } number)
        {
            return;
        }

        if (TakesSampling)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            DropIf(number != unset, field);
        }
    }

    protected void WriteOutputFormat(Utf8JsonWriter writer, string name, OutputFormat format)
    {
        writer.WritePropertyName(name);
        if (format is not { Kind: OutputFormatKind.JsonSchema, Schema: { } schema })
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "json_object"u8);
            writer.WriteEndObject();
            return;
        }

        StartTyped(writer, "json_schema"u8);
        writer.WriteString("name"u8, format.Name ?? "output");
        if (format.Description is { } description)
        {
            writer.WriteString("description"u8, description);
        }

        writer.WritePropertyName("schema"u8);
        schema.WriteTo(writer);
        WriteStrict(writer, format.Strict);
        EndTyped(writer);
    }

    /// <summary>The level of reasoning to ask for; null: the model's default.</summary>
    protected Effort? ReasoningLevel()
    {
        if (!Capabilities.Reasons || Request.Reasoning.Level is not { } wanted)
        {
            return null; // A model that does not reason gives the same answer whatever is asked of its reasoning.
        }

        var level = Capabilities.Nearest(wanted);
        DropIf(level is null, Request.Names.Reasoning);
        return level;
    }

    /// <summary>For whom the answer is, and how it is to be served.</summary>
    protected void WriteService(Utf8JsonWriter writer)
    {
        if (Request.EndUser is { } user)
        {
            writer.WriteString("safety_identifier"u8, Request.Vendor == Vendors.OpenAi ? user : Target.EndUser(user));
        }

        if (Request.CacheKey is { } cacheKey)
        {
            writer.WriteString("prompt_cache_key"u8, cacheKey);
        }

        if (Request.ServiceTier is { } tier)
        {
            writer.WriteString("service_tier"u8, tier);
        }
    }

    private void WriteTool(Utf8JsonWriter writer, ToolDefinition tool)
    {
        var isCustom = IsCustom(tool);
        StartTyped(writer, isCustom ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, ToolName(tool.Name));
        if (!string.IsNullOrEmpty(tool.Description))
        {
            writer.WriteString("description"u8, tool.Description);
        }

        if (!isCustom)
        {
            writer.WritePropertyName("parameters"u8);
            JsonSchemas.WriteToolSchema(writer, tool);
            WriteStrict(writer, tool.Strict);
        }

        EndTyped(writer);
    }

    private void WriteToolChoice(Utf8JsonWriter writer)
    {
        if (Request.ToolChoice is not { } choice)
        {
            return;
        }

        writer.WritePropertyName("tool_choice"u8);
        if (choice.Only is { } only)
        {
            StartTyped(writer, "allowed_tools"u8);
            writer.WriteString("mode"u8, choice.Kind == ToolChoiceKind.Any ? "required"u8 : "auto"u8);
            writer.WriteStartArray("tools"u8);
            foreach (var name in only)
            {
                WriteToolReference(writer, name);
            }

            writer.WriteEndArray();
            EndTyped(writer);
        }
        else if (choice is { Kind: ToolChoiceKind.One, Name: { } name })
        {
            WriteToolReference(writer, name);
        }
        else
        {
            writer.WriteStringValue(choice.Kind switch
            {
                ToolChoiceKind.Any => "required"u8,
                ToolChoiceKind.None => "none"u8,
                _ => "auto"u8,
            });
        }
    }

    private void WriteToolReference(Utf8JsonWriter writer, string name)
    {
        StartTyped(writer, Request.Tools.Any(tool => IsCustom(tool) && tool.Name == name) ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, ToolName(name));
        EndTyped(writer);
    }

    private bool IsCustom(ToolDefinition tool) => TakesCustomTools && tool.IsCustom;

    private void WriteStrict(Utf8JsonWriter writer, bool? given)
    {
        if ((given ?? DefaultStrict) is { } strict)
        {
            writer.WriteBoolean("strict"u8, strict);
        }
    }

    private void StartTyped(Utf8JsonWriter writer, ReadOnlySpan<byte> type)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        if (NestsTyped)
        {
            writer.WriteStartObject(type);
        }
    }

    private void EndTyped(Utf8JsonWriter writer)
    {
        if (NestsTyped)
        {
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
