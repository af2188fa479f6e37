using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Platforms.Capabilities;

/// <summary>Which sampling parameters a model takes.</summary>
internal enum Sampling
{
    Full,

    /// <summary>Temperature or top_p, not both.</summary>
    TemperatureOrTopP,

    /// <summary>Neither: any value but the default is refused.</summary>
    None,
}

/// <summary>In whose words a model of Bedrock is asked for vectors.</summary>
internal enum EmbeddingKind
{
    None,
    Titan,
    Cohere,
}

/// <summary>How a model is told through Converse how hard to reason.</summary>
internal enum ConverseReasoning
{
    None,

    /// <summary>OpenAI's open models, Kimi: <c>reasoning_effort</c>.</summary>
    ReasoningEffort,

    /// <summary>Nova 2: <c>reasoningConfig</c>.</summary>
    ReasoningConfig,
}

/// <summary>What a model takes through Bedrock's Converse, which refuses what its model does not know.</summary>
internal sealed record ConverseAbilities
{
    /// <summary>Takes cache marks in instructions and messages.</summary>
    public bool CacheMarks { get; init; }

    /// <summary>Takes them among tools, too.</summary>
    public bool CacheMarksOnTools { get; init; }

    /// <summary>Takes marks that last for an hour.</summary>
    public bool HourCacheMarks { get; init; }

    /// <summary>Takes <c>top_k</c>.</summary>
    public bool TopK { get; init; }

    public ConverseReasoning Reasoning { get; init; }
}

/// <summary>What differs between models, as data: code never asks for a name.</summary>
/// <remarks>The shipped values and their sources are in <c>Data/model-capabilities.json</c> and its README; accounts may override them.</remarks>
internal sealed record ModelCapabilities
{
    /// <summary>Whose model it is, one of <see cref="Vendors"/>; null: somebody's whose signatures nobody checks.</summary>
    public string? Vendor { get; init; }

    /// <summary>Its signatures are accepted by the accounts of one organization only.</summary>
    public bool BoundSignatures { get; init; }

    /// <summary>Its thinking is signed for the model and for all that stood before it: behind a block that is gone no later one is accepted (Claude from 5.1 on).</summary>
    public bool PreservedThinking { get; init; }

    /// <summary>Most output tokens of one answer; null: not known.</summary>
    public long? MaxOutputTokens { get; init; }

    public Sampling Sampling { get; init; }

    /// <summary>Thinks within a token budget that the client sets (Claude up to 4.6, Gemini 2.5).</summary>
    public bool ThinkingBudget { get; init; }

    /// <summary>Claude's <c>adaptive</c> thinking.</summary>
    public bool AdaptiveThinking { get; init; }

    /// <summary>Whether thinking can be switched off.</summary>
    public bool CanDisableThinking { get; init; } = true;

    /// <summary>Whether it thinks when nobody asks for it.</summary>
    public bool ThinksByDefault { get; init; }

    /// <summary>Smallest and largest budget, for <see cref="ThinkingBudget"/>.</summary>
    public long MinThinkingBudget { get; init; } = 1024;

    public long? MaxThinkingBudget { get; init; }

    /// <summary>The levels of reasoning that it takes, in rising order; empty: none.</summary>
    public IReadOnlyList<Effort> Efforts { get; init; } = [];

    /// <summary>May continue an assistant's last message.</summary>
    public bool Prefill { get; init; }

    /// <summary>May be forced to call a tool while it thinks.</summary>
    public bool ForcedToolChoiceWithThinking { get; init; } = true;

    /// <summary>Takes system messages in the middle of a conversation.</summary>
    public bool SystemInTheMiddle { get; init; }

    /// <summary>Takes a JSON Schema for its answer.</summary>
    public bool StructuredOutput { get; init; } = true;

    /// <summary>Takes a JSON Schema for its answer together with tools.</summary>
    public bool StructuredOutputWithTools { get; init; } = true;

    /// <summary>Tools may demand that their schema is followed exactly.</summary>
    public bool StrictTools { get; init; } = true;

    public bool StopSequences { get; init; } = true;

    public bool Images { get; init; } = true;

    public bool Pdfs { get; init; } = true;

    /// <summary>Takes images inside the results of tools.</summary>
    public bool ImagesInToolResults { get; init; } = true;

    /// <summary>An OpenAI model that reasons: it takes <c>max_completion_tokens</c>, and sampling only while it does not reason.</summary>
    public bool Reasons { get; init; }

    /// <summary>Takes tools together with reasoning on Chat Completions; otherwise only Responses does.</summary>
    public bool ToolsWithReasoningInChat { get; init; } = true;

    /// <summary>Lists log probabilities.</summary>
    public bool Logprobs { get; init; }

    /// <summary>Most answers to one request to Gemini. What OpenAI's models take is left to them.</summary>
    public long MaxCandidates { get; init; } = 1;

    /// <summary>Gemini 3 and later: a call must carry the signature that came with it.</summary>
    public bool NeedsSignatures { get; init; }

    /// <summary>Makes vectors on Bedrock, where no format is common to all models that do.</summary>
    public EmbeddingKind Embeddings { get; init; }

    /// <summary>Makes vectors of the length that is asked for.</summary>
    public bool EmbeddingDimensions { get; init; } = true;

    /// <summary>What it takes through Bedrock's Converse.</summary>
    public ConverseAbilities Converse { get; init; } = new();

    /// <summary>Fewest tokens of a prompt that are worth a cache mark.</summary>
    public long MinCacheTokens { get; init; } = 1024;

    /// <summary>The nearest level that asks for no more; the lowest when all ask for more; null: it has no levels.</summary>
    public Effort? Nearest(Effort wanted)
    {
        Effort? best = null;
        foreach (var level in Efforts)
        {
            if (best is null || (level <= wanted && level > best))
            {
                best = level;
            }
        }

        return best;
    }
}
