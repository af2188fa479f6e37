using System.Text.Json;

namespace Gateway.Proxy.Neutral;

/// <summary>A request for an answer, in no platform's words: what a decoder makes of a client's body and an encoder turns into a platform's. Immutable.</summary>
internal sealed record NeutralRequest
{
    /// <summary>The client's own names of the members.</summary>
    public required FieldNames Names { get; init; }

    /// <summary>Whose signatures the client's format carries untagged (<see cref="SignatureTag"/>).</summary>
    public required string Vendor { get; init; }

    /// <summary>As the client spells it; answers echo it.</summary>
    public required string Model { get; init; }

    public bool Stream { get; init; }

    /// <summary>Instructions before the first message, one block for each that the client sent.</summary>
    public IReadOnlyList<TextBlock> System { get; init; } = [];

    /// <summary>The messages in the client's order; runs of one role are not merged.</summary>
    public required IReadOnlyList<Turn> Turns { get; init; }

    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>The client speaks of functions where newer ones speak of tools, and expects the answer in those words.</summary>
    public bool HasLegacyFunctions { get; init; }

    /// <summary>Null: the client did not say, which is <see cref="ToolChoiceKind.Auto"/>.</summary>
    public ToolChoice? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public long? MaxOutputTokens { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public long? TopK { get; init; }

    public double? PresencePenalty { get; init; }

    public double? FrequencyPenalty { get; init; }

    public long? Seed { get; init; }

    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>How many answers; formats that have one only refuse more.</summary>
    public long Candidates { get; init; } = 1;

    /// <summary>How many alternatives to list for each token; null: no log probabilities.</summary>
    public long? TopLogprobs { get; init; }

    public OutputFormat? OutputFormat { get; init; }

    public Reasoning Reasoning { get; init; } = Reasoning.Default;

    /// <summary>OpenAI's <c>low</c>, <c>medium</c>, <c>high</c>.</summary>
    public string? Verbosity { get; init; }

    /// <summary>The client's own name for its end user.</summary>
    public string? EndUser { get; init; }

    /// <summary>OpenAI's <c>prompt_cache_key</c>.</summary>
    public string? CacheKey { get; init; }

    /// <summary><c>auto</c>, <c>default</c>, <c>flex</c> or <c>priority</c>; null: not said.</summary>
    public string? ServiceTier { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a streaming client wants usage in its stream (<c>stream_options.include_usage</c>).</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Members of the body that no other format has a word for and that only tune quality, cost or telemetry: named to the client, not sent.</summary>
    public IReadOnlyList<string> Untranslatable { get; init; } = [];

    /// <summary>The client's own body, for formats whose answers repeat members of the request; undefined elsewhere.</summary>
    public JsonElement Source { get; init; }

    /// <summary>For a platform that has refused a signature: without the reasoning that the client sends back.</summary>
    public NeutralRequest WithoutThinking() => this with
    {
        Turns = [.. Turns.Select(static turn => turn with { Blocks = [.. turn.Blocks.Where(static block => block is not ThinkingBlock)] })
            .Where((turn, index) => turn.Blocks.Count > 0 || Turns[index].Blocks.Count == 0)],
    };

    /// <summary>For platforms that refuse a request without messages: instructions alone become the question.</summary>
    public NeutralRequest WithQuestion() =>
        Turns.Any(turn => turn.Blocks.Any(block => block is not TextBlock { IsBlank: true, Signature: null }))
            ? this
            : this with { System = [], Turns = [new Turn(TurnRole.User, System, Names.Messages)] };
}
