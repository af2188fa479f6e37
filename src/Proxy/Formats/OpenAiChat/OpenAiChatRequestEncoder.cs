using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>A neutral request as OpenAI's chat completions take it, and the servers that are compatible with them.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions, read 2026-11.</remarks>
internal sealed class OpenAiChatRequestEncoder(NeutralRequest request, RequestTarget target) : OpenAiRequestEncoder(request, target)
{
    private const int MostStopSequences = 4;

    protected override bool NestsTyped => true;

    protected override bool TakesCustomTools => false;

    protected override bool? DefaultStrict => null;

    protected override void Write(Utf8JsonWriter writer)
    {
        WithoutOthersOnly(mostCandidates: long.MaxValue);
        var turns = Conversation.Arrange(Request, new ConversationRules { SystemAnywhere = true }, Target);
        writer.WriteStartObject();
        writer.WriteString("model"u8, Target.Model);
        if (Request.Candidates > 1)
        {
            writer.WriteNumber("n"u8, Request.Candidates);
        }

        new OpenAiChatMessages(Request, Target, ToolName).Write(writer, turns);
        if (OutputLimit() is { } limit)
        {
            writer.WriteNumber(Capabilities.Reasons ? "max_completion_tokens"u8 : "max_tokens"u8, limit);
        }

        WriteTools(writer);
        WriteSampling(writer);
        if (Request.OutputFormat is { } format)
        {
            WriteOutputFormat(writer, "response_format", format);
        }

        if (ReasoningLevel() is { } level)
        {
            writer.WriteString("reasoning_effort"u8, level.Name());
        }

        if (Request.Verbosity is { } verbosity)
        {
            writer.WriteString("verbosity"u8, verbosity);
        }

        if (Request.TopLogprobs is { } logprobs)
        {
            writer.WriteBoolean("logprobs"u8, true);
            writer.WriteNumber("top_logprobs"u8, logprobs);
        }

        WriteService(writer);
        if (Request.Stream)
        {
            writer.WriteBoolean("stream"u8, true);
            writer.WriteStartObject("stream_options"u8);
            writer.WriteBoolean("include_usage"u8, true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteSampling(Utf8JsonWriter writer)
    {
        WriteSamplingParameter(writer, "temperature", Request.Temperature, unset: 1, Request.Names.Temperature);
        WriteSamplingParameter(writer, "top_p", Request.TopP, unset: 1, Request.Names.TopP);
        WriteSamplingParameter(writer, "presence_penalty", Request.PresencePenalty, unset: 0, Request.Names.PresencePenalty);
        WriteSamplingParameter(writer, "frequency_penalty", Request.FrequencyPenalty, unset: 0, Request.Names.FrequencyPenalty);
        if (Request.Seed is { } seed)
        {
            writer.WriteNumber("seed"u8, seed);
        }

        var stops = StopSequences(MostStopSequences, takesBlank: true);
        if (stops.Count > 0)
        {
            writer.WriteStartArray("stop"u8);
            foreach (var stop in stops)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }
    }
}
