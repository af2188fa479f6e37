using System.Text.Json;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>A neutral request as Claude takes it.</summary>
/// <remarks>Source: Anthropic API reference, Messages, anthropic-version 2023-06-01, read 2026-11.</remarks>
internal sealed class ClaudeRequestEncoder(NeutralRequest request, RequestTarget target) : RequestEncoder(request, target)
{
    private const int MostToolName = 64;
    private const int MostCacheMarks = 4;
    private const int MostStopSequences = 8191;

    private ModelCapabilities Capabilities => Target.Capabilities;

    protected override void Write(Utf8JsonWriter writer)
    {
        WithoutOpenAiOnly();
        var turns = Conversation.Arrange(
            ClaudeThinking.Accepted(Request, Target),
            new ConversationRules { SystemAfterUser = Capabilities.SystemInTheMiddle, MustStartWithUser = true, MayEndWithAssistant = Capabilities.Prefill },
            Target);
        var thinking = new ClaudeThinking(Request, Target, turns).Plan(OutputLimit());
        var marks = new CacheMarks(Request, turns, MostCacheMarks);
        if (marks.HasTooMany)
        {
            Target.Drop(Request.Names.CacheMarks);
        }

        writer.WriteStartObject();
        writer.WriteString("model"u8, Target.Model);
        writer.WriteNumber("max_tokens"u8, thinking.MaxTokens);
        WriteSystem(writer, marks);
        WriteTools(writer, marks);
        WriteToolChoice(writer, thinking.IsForcedChoiceAllowed);
        new ClaudeMessages(Target, ToolName, marks).Write(writer, turns);
        WriteSampling(writer, thinking.IsOn);
        WriteStopSequences(writer);
        WriteThinking(writer, thinking);
        if (Request.EndUser is { } user)
        {
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("user_id"u8, Target.EndUser(user));
            writer.WriteEndObject();
        }

        WriteServiceTier(writer);
        if (Request.Stream)
        {
            writer.WriteBoolean("stream"u8, true);
        }

        writer.WriteEndObject();
    }

    private void WriteSystem(Utf8JsonWriter writer, CacheMarks marks)
    {
        var texts = Request.System.Where(block => !block.IsBlank).ToList();
        if (Request.OutputFormat is { Kind: OutputFormatKind.JsonObject })
        {
            texts.Add(new TextBlock("Reply with a single JSON object and nothing else."));
        }
        else if (IsInstructedFormat())
        {
            texts.Add(new TextBlock($"Reply with a single JSON value that follows this JSON Schema, and nothing else:\n{ToolArguments.Compact(Request.OutputFormat!.Schema!.Value)}"));
        }

        if (texts.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("system"u8);
        foreach (var text in texts)
        {
            ClaudeMessages.WriteText(writer, text.Text, marks.Of(text));
        }

        writer.WriteEndArray();
    }

    private bool IsInstructedFormat() => Request.OutputFormat is { Kind: OutputFormatKind.JsonSchema, Schema: not null } && !Capabilities.StructuredOutput;

    private void WriteTools(Utf8JsonWriter writer, CacheMarks marks)
    {
        if (Request.Tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var tool in Request.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, ToolName(tool.Name));
            if (!string.IsNullOrEmpty(tool.Description))
            {
                writer.WriteString("description"u8, tool.Description);
            }

            writer.WritePropertyName("input_schema"u8);
            JsonSchemas.WriteToolSchema(writer, tool);
            if (tool.Strict is true)
            {
                if (Capabilities.StrictTools)
                {
                    writer.WriteBoolean("strict"u8, true);
                }
                else
                {
                    Target.Drop($"{Request.Names.Tools}.strict");
                }
            }

            ClaudeMessages.WriteCacheMark(writer, marks.Of(tool));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private string ToolName(string name) => Target.ToolNames.Sent(name, MostToolName, NeutralId.IsPlain);

    private void WriteToolChoice(Utf8JsonWriter writer, bool isForcedAllowed)
    {
        if (Request.Tools.Count == 0 || (Request.ToolChoice is null && Request.ParallelToolCalls is not false))
        {
            return;
        }

        var choice = Request.ToolChoice ?? new ToolChoice(ToolChoiceKind.Auto);
        if (choice.Only is not null)
        {
            Target.Drop(Request.Names.ToolChoice);
        }

        if (choice.Kind is ToolChoiceKind.Any or ToolChoiceKind.One && !isForcedAllowed)
        {
            Target.Drop(Request.Names.ToolChoice);
            choice = new ToolChoice(ToolChoiceKind.Auto);
        }

        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, choice.Kind switch
        {
            ToolChoiceKind.Any => "any"u8,
            ToolChoiceKind.One => "tool"u8,
            ToolChoiceKind.None => "none"u8,
            _ => "auto"u8,
        });
        if (choice is { Kind: ToolChoiceKind.One, Name: { } name })
        {
            writer.WriteString("name"u8, ToolName(name));
        }

        if (Request.ParallelToolCalls is false && choice.Kind != ToolChoiceKind.None)
        {
            writer.WriteBoolean("disable_parallel_tool_use"u8, true);
        }

        writer.WriteEndObject();
    }

    private void WriteSampling(Utf8JsonWriter writer, bool isThinking)
    {
        var temperature = Clamp(Request.Temperature, 1, Request.Names.Temperature);
        var topP = Request.TopP;
        var topK = Request.TopK;
        if (Capabilities.Sampling == Sampling.None || (isThinking && Capabilities.ThinkingBudget))
        {
            DropIf(temperature is not (null or 1), Request.Names.Temperature);
            DropIf(topP is not (null or 1), Request.Names.TopP);
            DropIf(topK is not null, Request.Names.TopK);
            return;
        }

        if (temperature is { } value)
        {
            writer.WriteNumber("temperature"u8, value);
        }

        if (topP is { } share)
        {
            if (temperature is not null && Capabilities.Sampling == Sampling.TemperatureOrTopP)
            {
                DropIf(share != 1, Request.Names.TopP);
            }
            else
            {
                writer.WriteNumber("top_p"u8, share);
            }
        }

        if (topK is { } count)
        {
            writer.WriteNumber("top_k"u8, count);
        }
    }

    private void WriteStopSequences(Utf8JsonWriter writer)
    {
        var stops = StopSequences(MostStopSequences, takesBlank: false);
        if (stops.Count > 0)
        {
            writer.WriteStartArray("stop_sequences"u8);
            foreach (var stop in stops)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }
    }

    private void WriteThinking(Utf8JsonWriter writer, ClaudeThinkingPlan plan)
    {
        var shows = Request.Reasoning.Show ?? Target.ShowReasoning;
        if (plan.Mode != ClaudeThinkingMode.Omitted || (plan.ShowsDefault && shows))
        {
            writer.WriteStartObject("thinking"u8);
            writer.WriteString("type"u8, plan.Mode switch
            {
                ClaudeThinkingMode.Budget => "enabled"u8,
                ClaudeThinkingMode.Disabled => "disabled"u8,
                _ => "adaptive"u8,
            });
            if (plan.Mode == ClaudeThinkingMode.Budget)
            {
                writer.WriteNumber("budget_tokens"u8, plan.BudgetTokens);
            }
            else if (plan.Mode != ClaudeThinkingMode.Disabled && shows)
            {
                writer.WriteString("display"u8, "summarized"u8);
            }

            writer.WriteEndObject();
        }

        var isSchema = Request.OutputFormat is { Kind: OutputFormatKind.JsonSchema, Schema: not null } && Capabilities.StructuredOutput;
        if (IsInstructedFormat())
        {
            Target.Drop(Request.Names.OutputFormat);
        }

        if (plan.Effort is null && !isSchema)
        {
            return;
        }

        writer.WriteStartObject("output_config"u8);
        if (plan.Effort is { } effort)
        {
            writer.WriteString("effort"u8, effort.Name());
        }

        if (isSchema)
        {
            writer.WriteStartObject("format"u8);
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WritePropertyName("schema"u8);
            JsonSchemas.WriteStrictSchema(writer, Request.OutputFormat!.Schema!.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteServiceTier(Utf8JsonWriter writer)
    {
        switch (Request.ServiceTier)
        {
            case null or "auto":
                break;
            case "default" or "standard":
                writer.WriteString("service_tier"u8, "standard_only"u8);
                break;
            default:
                Target.Drop(Request.Names.ServiceTier);
                break;
        }
    }
}
