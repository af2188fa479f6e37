using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>A neutral request as OpenAI's responses take it. Nothing is stored there: reasoning comes and goes as encrypted content.</summary>
/// <remarks>Source: OpenAI API reference, Responses, read 2026-11.</remarks>
internal sealed class ResponsesRequestEncoder(NeutralRequest request, RequestTarget target) : OpenAiRequestEncoder(request, target)
{
    private const long LeastOutputTokens = 16;

    protected override bool NestsTyped => false;

    protected override bool TakesCustomTools => true;

    protected override bool? DefaultStrict => false; // Here, and nowhere else, a tool's default is true.

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
        WriteSamplingParameter(writer, "temperature", Request.Temperature, unset: 1, Request.Names.Temperature);
        WriteSamplingParameter(writer, "top_p", Request.TopP, unset: 1, Request.Names.TopP);
        WriteText(writer);
        WriteReasoning(writer);
        WriteInclude(writer);
        writer.WriteBoolean("store"u8, false);
        WriteService(writer);
        WriteMetadata(writer);
        if (Request.Stream)
        {
            writer.WriteBoolean("stream"u8, true);
        }

        writer.WriteEndObject();
    }

    private void WithoutOpenAiChatOnly()
    {
        WithoutOthersOnly(mostCandidates: 1);
        DropIf(Request.StopSequences.Count > 0, Request.Names.StopSequences);
        DropIf(Request.PresencePenalty is not (null or 0), Request.Names.PresencePenalty);
        DropIf(Request.FrequencyPenalty is not (null or 0), Request.Names.FrequencyPenalty);
        DropIf(Request.Seed is not null, Request.Names.Seed);
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
            WriteOutputFormat(writer, "format", format);
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
            return; // Nor is there reasoning to show.
        }

        var level = ReasoningLevel();
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

    private void WriteMetadata(Utf8JsonWriter writer)
    {
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
}
