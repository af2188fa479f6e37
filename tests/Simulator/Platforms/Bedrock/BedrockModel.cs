using System.Text.RegularExpressions;
using Simulator.Platforms.Claude;

namespace Simulator.Platforms.Bedrock;

/// <summary>A model as far as the rules go.</summary>
/// <param name="Id">Without a profile.</param>
/// <param name="Claude">Its rules as Anthropic's, when it is a Claude model.</param>
internal sealed partial record BedrockModel(string Id, ClaudeModel? Claude)
{
    private static readonly string[] Others =
    [
        "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-2-lite-v1:0", "openai.gpt-oss-120b-1:0", "meta.llama3-3-70b-instruct-v1:0",
        "mistral.mistral-large-2407-v1:0", "deepseek.r1-v1:0", "qwen.qwen3-32b-v1:0",
        "amazon.titan-embed-text-v1", "amazon.titan-embed-text-v2:0", "cohere.embed-english-v3", "cohere.embed-v4:0",
    ];

    /// <summary>Makes vectors, and nothing else.</summary>
    public bool Embeds => Id.Contains("embed", StringComparison.Ordinal);

    /// <summary>Whether the id came with an inference profile.</summary>
    public bool HasProfile { get; init; }

    public bool TakesImages => Claude is not null || Id.Contains("nova-lite", StringComparison.Ordinal) || Id.Contains("nova-pro", StringComparison.Ordinal);

    public bool TakesCachePoints => Claude is not null || Id.StartsWith("amazon.", StringComparison.Ordinal);

    /// <summary>Newer Claude models take neither a format nor strict tools here.</summary>
    public bool TakesSchemas => Claude is { } claude ? !NewerClaude().IsMatch(claude.Id) : !Id.StartsWith("amazon.", StringComparison.Ordinal);

    /// <param name="name">A model's id, with a profile or inside an ARN.</param>
    public static BedrockModel? Find(Exchange exchange, string name)
    {
        var bare = Arn().Replace(name, "");
        var id = Profile().Replace(bare, "");
        if (exchange.Account.Models is { } entitled && !entitled.Contains(name))
        {
            return null;
        }

        var hasProfile = id != bare;
        if (Others.Contains(id) || (exchange.Account.Models is not null && !id.StartsWith("anthropic.", StringComparison.Ordinal)))
        {
            return new BedrockModel(id, null) { HasProfile = hasProfile };
        }

        var claude = id.StartsWith("anthropic.", StringComparison.Ordinal) ? Version().Replace(id["anthropic.".Length..], "") : null;
        return claude is not null && ClaudeModel.All.FirstOrDefault(model => model.Id == claude || model.Snapshot == claude) is { } known
            ? new BedrockModel(id, known with { TakesSystemTurns = false }) { HasProfile = hasProfile }
            : null;
    }

    [GeneratedRegex("^arn:aws:bedrock:[a-z0-9-]+:[0-9]*:[a-z-]+/")]
    private static partial Regex Arn();

    [GeneratedRegex(@"^(us|eu|apac|jp|au|global)\.")]
    private static partial Regex Profile();

    [GeneratedRegex(@"-v\d+(:\d+)?$")]
    private static partial Regex Version();

    [GeneratedRegex("^claude-(opus-4-[78]|(sonnet|opus|haiku|fable)-5)")]
    private static partial Regex NewerClaude();
}
