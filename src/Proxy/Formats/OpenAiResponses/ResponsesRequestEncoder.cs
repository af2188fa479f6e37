using System.Text.Json;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>A neutral request as OpenAI's responses take it. Nothing is stored there: reasoning comes and goes as encrypted content.</summary>
/// <remarks>Source: OpenAI API reference, Responses, read 2026-11.</remarks>
internal sealed class ResponsesRequestEncoder(NeutralRequest request, RequestTarget target) : RequestEncoder(request, target)
{
    private const int MostToolName = 64;
    private const long LeastOutputTokens = 16;

    private ModelCapabilities Capabilities => Target.Capabilities;

    protected override void Write(Utf8JsonWriter writer)
    {
        WithoutOpenAiChatOnly();
        var turns = Conversation.Arrange(Request, new ConversationRules { SystemAnywhere = true }, Target);
        var system = Request.System.Where(block => !block.IsBlank).ToList();
        writer.WriteStartObject();
        writer.WriteString("model"u8, Target.Model);
        if (system is [var only])
        {
            writer.WriteString("instructions"u8, only.Text);
            system = [];
        }

        new ResponsesInputWriter(Request, Target, ToolName).Write(writer, system, turns);
        if (OutputLimit() is { } limit)
        {
            writer.WriteNumber("max_output_tokens"u8, Math.Max(LeastOutputTokens, limit));
        }

        WriteTools(writer);
        WriteSampling(writer);
        WriteText(writer);
        WriteReasoning(writer);
        WriteInclude(writer);
        writer.WriteBoolean("store"u8, false);
        WriteIdentity(writer);
        if (Request.Stream)
        {
            writer.WriteBoolean("stream"u8, true);
        }

        writer.WriteEndObject();
    }

    private void WithoutOpenAiChatOnly()
    {
        if (Request.Candidates > 1)
        {
            Target.RefuseUnsupported(Request.Names.Candidates);
        }

        if (Request.TopLogprobs is not null && !Target.Capabilities.Logprobs)
        {
            Target.RefuseUnsupported(Request.Names.TopLogprobs);
        }

        DropIf(Request.TopK is not null, Request.Names.TopK);
        DropIf(Request.StopSequences.Count > 0, Request.Names.StopSequences);
        DropIf(Request.PresencePenalty is not (null or 0), Request.Names.PresencePenalty);
        DropIf(Request.FrequencyPenalty is not (null or 0), Request.Names.FrequencyPenalty);
        DropIf(Request.Seed is not null, Request.Names.Seed);
    }

    private void WriteTools(Utf8JsonWriter writer)
    {
        if (Request.Tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var tool in Request.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, tool.IsCustom ? "custom"u8 : "function"u8);
            writer.WriteString("name"u8, ToolName(tool.Name));
            if (!string.IsNullOrEmpty(tool.Description))
            {
                writer.WriteString("description"u8, tool.Description);
            }

            if (!tool.IsCustom)
            {
                writer.WritePropertyName("parameters"u8);
                JsonSchemas.WriteToolSchema(writer, tool);
                writer.WriteBoolean("strict"u8, tool.Strict ?? false); // Here, and nowhere else, the default is true.
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteToolChoice(writer);
        if (Request.ParallelToolCalls is { } parallel)
        {
            writer.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    private void WriteToolChoice(Utf8JsonWriter writer)
    {
        if (Request.ToolChoice is not { } choice)
        {
            return;
        }

        if (choice.Only is { } only)
        {
            writer.WriteStartObject("tool_choice"u8);
            writer.WriteString("type"u8, "allowed_tools"u8);
            writer.WriteString("mode"u8, choice.Kind == ToolChoiceKind.Any ? "required"u8 : "auto"u8);
            writer.WriteStartArray("tools"u8);
            foreach (var name in only)
            {
                WriteToolReference(writer, name);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        else if (choice is { Kind: ToolChoiceKind.One, Name: { } name })
        {
            writer.WritePropertyName("tool_choice"u8);
            WriteToolReference(writer, name);
        }
        else
        {
            writer.WriteString("tool_choice"u8, choice.Kind switch
            {
                ToolChoiceKind.Any => "required"u8,
                ToolChoiceKind.None => "none"u8,
                _ => "auto"u8,
            });
        }
    }

    private void WriteToolReference(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, Request.Tools.Any(tool => tool.IsCustom && tool.Name == name) ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, ToolName(name));
        writer.WriteEndObject();
    }

    private void WriteSampling(Utf8JsonWriter writer)
    {
        var isThinking = Capabilities.Reasons && Request.Reasoning.Effort != Effort.None;
        if (isThinking || Capabilities.Sampling == Sampling.None)
        {
            DropIf(Request.Temperature is not (null or 1), Request.Names.Temperature);
            DropIf(Request.TopP is not (null or 1), Request.Names.TopP);
            return;
        }

        if (Request.Temperature is { } temperature)
        {
            writer.WriteNumber("temperature"u8, temperature);
        }

        if (Request.TopP is { } topP)
        {
            writer.WriteNumber("top_p"u8, topP);
        }
    }

    private void WriteText(Utf8JsonWriter writer)
    {
        if (Request.OutputFormat is null && Request.Verbosity is null)
        {
            return;
        }

        writer.WriteStartObject("text"u8);
        if (Request.OutputFormat is { } format)
        {
            writer.WriteStartObject("format"u8);
            if (format is { Kind: OutputFormatKind.JsonSchema, Schema: { } schema })
            {
                writer.WriteString("type"u8, "json_schema"u8);
                writer.WriteString("name"u8, format.Name ?? "output");
                if (format.Description is { } description)
                {
                    writer.WriteString("description"u8, description);
                }

                writer.WritePropertyName("schema"u8);
                schema.WriteTo(writer);
                writer.WriteBoolean("strict"u8, format.Strict ?? false);
            }
            else
            {
                writer.WriteString("type"u8, "json_object"u8);
            }

            writer.WriteEndObject();
        }

        if (Request.Verbosity is { } verbosity)
        {
            writer.WriteString("verbosity"u8, verbosity);
        }

        writer.WriteEndObject();
    }

    private void WriteReasoning(Utf8JsonWriter writer)
    {
        if (!Capabilities.Reasons)
        {
            return; // A model that does not reason gives the same answer whatever is asked of its reasoning.
        }

        var wanted = Request.Reasoning.Effort ?? (Request.Reasoning.BudgetTokens is { } budget ? Efforts.OfBudget(budget) : null);
        var level = wanted is { } effort ? Capabilities.Nearest(effort) : null;
        if (wanted is not null && level is null)
        {
            Target.Drop(Request.Names.Reasoning);
        }

        var isShown = level != Effort.None && (Request.Reasoning.Show ?? Target.ShowReasoning);
        if (level is not null || isShown)
        {
            writer.WriteStartObject("reasoning"u8);
            if (level is { } known)
            {
                writer.WriteString("effort"u8, known.Name());
            }

            if (isShown)
            {
                writer.WriteString("summary"u8, "auto"u8);
            }

            writer.WriteEndObject();
        }
    }

    private void WriteInclude(Utf8JsonWriter writer)
    {
        if (!Capabilities.Reasons && Request.TopLogprobs is null)
        {
            return;
        }

        writer.WriteStartArray("include"u8);
        if (Capabilities.Reasons)
        {
            writer.WriteStringValue("reasoning.encrypted_content"u8);
        }

        if (Request.TopLogprobs is not null)
        {
            writer.WriteStringValue("message.output_text.logprobs"u8);
        }

        writer.WriteEndArray();
        if (Request.TopLogprobs is { } logprobs)
        {
            writer.WriteNumber("top_logprobs"u8, logprobs);
        }
    }

    private void WriteIdentity(Utf8JsonWriter writer)
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

        if (Request.Metadata.Count > 0)
        {
            writer.WriteStartObject("metadata"u8);
            foreach (var (name, value) in Request.Metadata)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }
    }

    private string ToolName(string name) => Target.ToolNames.Sent(name, MostToolName, NeutralId.IsPlain);
}
