using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>Members of a request that chat completions and responses have both.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions and Responses, read 2026-11.</remarks>
internal static class OpenAiFields
{
    /// <returns>New ones each time: a rule knows its place in its shape.</returns>
    public static IReadOnlyList<FieldRule> Rules() =>
    [
        new FieldRule("model", JsonKinds.String, Required: true),
        new FieldRule("stream", JsonKinds.NullableBoolean),
        new FieldRule("stream_options", JsonKinds.NullableObject),
        new FieldRule("temperature", JsonKinds.NullableNumber, 0, 2),
        new FieldRule("top_p", JsonKinds.NullableNumber, 0, 1),
        new FieldRule("top_logprobs", JsonKinds.NullableInteger, 0, 20),
        new FieldRule("tools", JsonKinds.NullableArray),
        new FieldRule("tool_choice", JsonKinds.NullableString | JsonKinds.Object),
        new FieldRule("parallel_tool_calls", JsonKinds.NullableBoolean),
        new FieldRule("service_tier", JsonKinds.NullableString),
        new FieldRule("metadata", JsonKinds.NullableObject),
        new FieldRule("store", JsonKinds.NullableBoolean),
        new FieldRule("user", JsonKinds.NullableString),
        new FieldRule("safety_identifier", JsonKinds.NullableString),
        new FieldRule("prompt_cache_key", JsonKinds.NullableString),
        new FieldRule("prompt_cache_retention", JsonKinds.NullableString),
    ];

    /// <summary>The names: of what the two call differently as the caller says, of the rest as both have them.</summary>
    public static FieldNames Names(string messages, string maxOutputTokens, string topLogprobs, string outputFormat, string reasoning, string verbosity) => new()
    {
        Messages = messages,
        Tools = "tools",
        ToolChoice = "tool_choice",
        ParallelToolCalls = "parallel_tool_calls",
        MaxOutputTokens = maxOutputTokens,
        Temperature = "temperature",
        TopP = "top_p",
        TopK = "top_k",
        StopSequences = "stop",
        PresencePenalty = "presence_penalty",
        FrequencyPenalty = "frequency_penalty",
        Seed = "seed",
        Candidates = "n",
        TopLogprobs = topLogprobs,
        OutputFormat = outputFormat,
        Reasoning = reasoning,
        Verbosity = verbosity,
        ServiceTier = "service_tier",
        CacheMarks = "cache_control",
    };
}
