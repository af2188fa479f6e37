using Gateway.Proxy.Formats;

namespace Gateway.Features.Scheduling.ExplainChoice;

/// <summary>What requests ask for, by the names that operators use.</summary>
internal static class ExplainableOperations
{
    private const string Generate = "generate";
    private const string CountTokens = "count_tokens";
    private const string Embed = "embed";

    public static IReadOnlyList<string> Names { get; } = [Generate, CountTokens, Embed];

    /// <param name="name">Null: what most requests ask for.</param>
    public static Operation? Find(string? name) => name switch
    {
        null or Generate => Operation.Generate,
        CountTokens => Operation.CountTokens,
        Embed => Operation.Embed,
        _ => null,
    };
}
