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

    // Longer answers that are not streamed are refused, or end in a time limit on the way.
    private const long DefaultStreamedTokens = 32_000;
    private const long DefaultWholeTokens = 16_000;

    private const long MinThinkingTokens = 1024;

    private ModelCapabilities Capabilities => Target.Capabilities;

    protected override void Write(Utf8JsonWriter writer)
    {
        WithoutOpenAiOnly();
        var turns = Conversation.Arrange(
            Request,
            new ConversationRules { SystemAfterUser = Capabilities.SystemInTheMiddle, MustStartWithUser = true, MayEndWithAssistant = Capabilities.Prefill },
            Target);
        var thinking = PlanThinking(turns, out var maxTokens);
        var marks = new CacheMarks(Request, turns, MostCacheMarks);
        if (marks.HasTooMany)
        {
            Target.Drop(Request.Names.CacheMarks);
        }

        writer.WriteStartObject();
        writer.WriteString("model"u8, Target.Model);
        writer.WriteNumber("max_tokens"u8, maxTokens);
        WriteSystem(writer, marks);
        WriteTools(writer, marks);
        WriteToolChoice(writer, thinking.IsForcedChoiceAllowed);
        writer.WriteStartArray("messages"u8);
        foreach (var turn in turns)
        {
            WriteTurn(writer, turn, marks);
        }

        writer.WriteEndArray();
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
            WriteText(writer, text.Text, marks.Of(text));
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

            WriteCacheMark(writer, marks.Of(tool));
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

    private void WriteTurn(Utf8JsonWriter writer, Turn turn, CacheMarks marks)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, turn.Role switch
        {
            TurnRole.Assistant => "assistant"u8,
            TurnRole.System => "system"u8,
            _ => "user"u8,
        });
        writer.WriteStartArray("content"u8);
        foreach (var block in turn.Blocks)
        {
            WriteBlock(writer, block, turn.Field, marks);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteBlock(Utf8JsonWriter writer, Block block, string field, CacheMarks marks)
    {
        switch (block)
        {
            case TextBlock text:
                WriteText(writer, text.Text, marks.Of(text));
                break;
            case RefusalBlock refusal:
                WriteText(writer, refusal.Text, null);
                break;
            case MediaBlock media:
                WriteMedia(writer, media, field, marks);
                break;
            case ThinkingBlock thinking:
                WriteThinkingBlock(writer, thinking);
                break;
            case ToolCallBlock call:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "tool_use"u8);
                writer.WriteString("id"u8, CallId(call.Id));
                writer.WriteString("name"u8, ToolName(call.Name));
                writer.WritePropertyName("input"u8);
                call.Arguments.WriteTo(writer);
                WriteCacheMark(writer, marks.Of(call));
                writer.WriteEndObject();
                break;
            case ToolResultBlock result:
                WriteToolResult(writer, result, field, marks);
                break;
            default:
                break;
        }
    }

    private static string CallId(string id) => NeutralId.Fit(id, "toolu_", 128, NeutralId.IsPlain);

    private void WriteToolResult(Utf8JsonWriter writer, ToolResultBlock result, string field, CacheMarks marks)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "tool_result"u8);
        writer.WriteString("tool_use_id"u8, CallId(result.CallId));
        var content = result.Content.Where(block => block is not (TextBlock { IsBlank: true } or ThinkingBlock)).ToList();
        if (content.Count > 0)
        {
            writer.WriteStartArray("content"u8);
            foreach (var block in content)
            {
                WriteBlock(writer, block, field, marks);
            }

            writer.WriteEndArray();
        }

        if (result.IsError)
        {
            writer.WriteBoolean("is_error"u8, true);
        }

        WriteCacheMark(writer, marks.Of(result));
        writer.WriteEndObject();
    }

    private void WriteThinkingBlock(Utf8JsonWriter writer, ThinkingBlock thinking)
    {
        if (Signature(thinking) is not { } signature)
        {
            return;
        }

        writer.WriteStartObject();
        if (thinking.IsRedacted)
        {
            writer.WriteString("type"u8, "redacted_thinking"u8);
            writer.WriteString("data"u8, signature);
        }
        else
        {
            writer.WriteString("type"u8, "thinking"u8);
            writer.WriteString("thinking"u8, thinking.Text);
            writer.WriteString("signature"u8, signature);
        }

        writer.WriteEndObject();
    }

    private void WriteMedia(Utf8JsonWriter writer, MediaBlock media, string field, CacheMarks marks)
    {
        if (media.Kind is MediaKind.Audio or MediaKind.Video || (media.Kind == MediaKind.Image && !Capabilities.Images))
        {
            Target.Refuse(field, $"holds {Media.Name(media.Kind)}, which the model does not take");
            return;
        }

        if (media.FileId is not null)
        {
            Target.Refuse(field, "names a file by the id of another platform: send its bytes or its address");
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, media.Kind == MediaKind.Image ? "image"u8 : "document"u8);
        writer.WriteStartObject("source"u8);
        if (media.Url is { } url)
        {
            writer.WriteString("type"u8, "url"u8);
            writer.WriteString("url"u8, url);
        }
        else if (media.Text is { } text)
        {
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("media_type"u8, "text/plain"u8);
            writer.WriteString("data"u8, text);
        }
        else
        {
            var type = Media.TypeOf(media);
            if (!(media.Kind == MediaKind.Image ? Media.IsCommonImage(type) : type == "application/pdf"))
            {
                Target.Refuse(field, $"holds {Media.Name(media.Kind)} of the type '{type}', which the platform does not take");
            }

            writer.WriteString("type"u8, "base64"u8);
            writer.WriteString("media_type"u8, type);
            writer.WriteString("data"u8, media.Base64);
        }

        writer.WriteEndObject();
        if (media is { Kind: MediaKind.Document, Name: { } name })
        {
            writer.WriteString("title"u8, name);
        }

        WriteCacheMark(writer, marks.Of(media));
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string text, int? cacheMinutes)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        WriteCacheMark(writer, cacheMinutes);
        writer.WriteEndObject();
    }

    private static void WriteCacheMark(Utf8JsonWriter writer, int? minutes)
    {
        if (minutes is null)
        {
            return;
        }

        writer.WriteStartObject("cache_control"u8);
        writer.WriteString("type"u8, "ephemeral"u8);
        if (minutes > 5)
        {
            writer.WriteString("ttl"u8, "1h"u8);
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

    private ThinkingPlan PlanThinking(List<Turn> turns, out long maxTokens)
    {
        var wanted = Request.Reasoning;
        var limit = OutputLimit();
        maxTokens = limit ?? Math.Min(Request.Stream ? DefaultStreamedTokens : DefaultWholeTokens, Capabilities.MaxOutputTokens ?? long.MaxValue);
        var isForced = Request.ToolChoice?.Kind is ToolChoiceKind.Any or ToolChoiceKind.One;
        if (wanted.Effort == Effort.None)
        {
            if (Capabilities.CanDisableThinking)
            {
                return new ThinkingPlan(Capabilities.ThinksByDefault ? ThinkingMode.Disabled : ThinkingMode.Omitted);
            }

            Target.Drop(Request.Names.Reasoning);
            return Adaptive(Effort.Low);
        }

        if (wanted is { Effort: null, BudgetTokens: null, IsAdaptive: false })
        {
            return Capabilities.CanDisableThinking && !Capabilities.ThinksByDefault
                ? new ThinkingPlan(ThinkingMode.Omitted)
                : new ThinkingPlan(ThinkingMode.Omitted) { IsOn = true, IsForcedChoiceAllowed = Capabilities.ForcedToolChoiceWithThinking, ShowsDefault = true };
        }

        if (!Capabilities.AdaptiveThinking && Capabilities.ThinkingBudget)
        {
            if (isForced || GoesOnWithoutThinking(turns))
            {
                // A model that thinks within a budget may not be forced to call a tool meanwhile, and wants the thinking back that led to a call.
                Target.Drop(Request.Names.Reasoning);
                return new ThinkingPlan(ThinkingMode.Omitted);
            }

            var budget = wanted.Effort is { } effort ? BudgetOf(effort, maxTokens) : wanted.BudgetTokens ?? BudgetOf(Effort.Medium, maxTokens);
            if (limit is null)
            {
                maxTokens = Math.Min(maxTokens + budget, Capabilities.MaxOutputTokens ?? long.MaxValue);
            }

            budget = Math.Min(budget, limit is null ? maxTokens - 1 : maxTokens * 4 / 5);
            if (budget < MinThinkingTokens)
            {
                Target.Drop(Request.Names.Reasoning);
                return new ThinkingPlan(ThinkingMode.Omitted);
            }

            return new ThinkingPlan(ThinkingMode.Budget) { BudgetTokens = budget, IsOn = true, IsForcedChoiceAllowed = false };
        }

        if (!Capabilities.AdaptiveThinking)
        {
            Target.Drop(Request.Names.Reasoning);
            return new ThinkingPlan(ThinkingMode.Omitted);
        }

        return Adaptive(wanted.Effort ?? (wanted.BudgetTokens is { } tokens ? Efforts.OfBudget(tokens) : null));

        ThinkingPlan Adaptive(Effort? level) => new(ThinkingMode.Adaptive)
        {
            Effort = level is { } some ? Capabilities.Nearest(some) : null,
            IsOn = true,
            IsForcedChoiceAllowed = Capabilities.ForcedToolChoiceWithThinking,
        };
    }

    /// <summary>Whether results of tools follow calls whose thinking the client did not send back, or nobody here accepts.</summary>
    private bool GoesOnWithoutThinking(List<Turn> turns) =>
        turns is [.., var calls, var results]
        && results.Blocks.Any(block => block is ToolResultBlock)
        && calls.Blocks.FirstOrDefault(block => block is not ThinkingBlock thinking || Signature(thinking) is not null) is not ThinkingBlock;

    private string? Signature(ThinkingBlock thinking) => SignatureTag.For(Request, thinking.Signature, Vendors.Claude, Target.Scope);

    private long BudgetOf(Effort effort, long maxTokens) => effort switch
    {
        Effort.Minimal => 1024,
        Effort.Low => 2048,
        Effort.Medium => 8192,
        Effort.High => 16_384,
        Effort.XHigh => 32_000,
        _ => Math.Min(maxTokens - MinThinkingTokens, Capabilities.MaxThinkingBudget ?? long.MaxValue),
    };

    private void WriteThinking(Utf8JsonWriter writer, ThinkingPlan plan)
    {
        var shows = Request.Reasoning.Show ?? Target.ShowReasoning;
        if (plan.Mode != ThinkingMode.Omitted || (plan.ShowsDefault && shows))
        {
            writer.WriteStartObject("thinking"u8);
            writer.WriteString("type"u8, plan.Mode switch
            {
                ThinkingMode.Budget => "enabled"u8,
                ThinkingMode.Disabled => "disabled"u8,
                _ => "adaptive"u8,
            });
            if (plan.Mode == ThinkingMode.Budget)
            {
                writer.WriteNumber("budget_tokens"u8, plan.BudgetTokens);
            }
            else if (plan.Mode != ThinkingMode.Disabled && shows)
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

    private enum ThinkingMode
    {
        /// <summary>Nothing is said: the model does what it does by default.</summary>
        Omitted,
        Disabled,
        Budget,
        Adaptive,
    }

    private sealed record ThinkingPlan(ThinkingMode Mode)
    {
        public long BudgetTokens { get; init; }

        public Effort? Effort { get; init; }

        public bool IsOn { get; init; }

        public bool IsForcedChoiceAllowed { get; init; } = true;

        /// <summary>The model thinks by itself: saying so is only needed to see it.</summary>
        public bool ShowsDefault { get; init; }
    }
}
