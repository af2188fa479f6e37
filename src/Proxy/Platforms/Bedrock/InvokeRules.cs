using System.Collections.Frozen;
using System.Text.Json;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>What Bedrock takes of a Claude request otherwise than Anthropic does: <c>Data/invoke-rules.json</c>.</summary>
internal sealed class InvokeRules
{
    private const string ResourceName = "Gateway.src.Proxy.Platforms.Bedrock.Data.invoke-rules.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly FrozenSet<string> _betas;
    private readonly FrozenSet<string> _idleBetas;
    private readonly IReadOnlyDictionary<string, string> _aliases;
    private readonly IReadOnlyDictionary<string, string[]> _fieldsOfBetas;
    private readonly string[] _refusedTools;

    private InvokeRules(File file)
    {
        _betas = file.Betas.ToFrozenSet(StringComparer.Ordinal);
        _idleBetas = file.IdleBetas.ToFrozenSet(StringComparer.Ordinal);
        _aliases = file.Aliases;
        _fieldsOfBetas = file.FieldsOfBetas;
        _refusedTools = file.RefusedTools;
        Dropped = file.Dropped.ToFrozenSet(StringComparer.Ordinal);
        Idle = file.Idle.ToFrozenSet(StringComparer.Ordinal);
        Refused = file.Refused.ToFrozenSet(StringComparer.Ordinal);
    }

    public static InvokeRules Shipped { get; } = Load();

    /// <summary>Members that only tune the answer.</summary>
    public FrozenSet<string> Dropped { get; }

    /// <summary>Members that say nothing to Bedrock.</summary>
    public FrozenSet<string> Idle { get; }

    /// <summary>Members without which the answer would not be what the client expects.</summary>
    public FrozenSet<string> Refused { get; }

    /// <summary>The beta as Bedrock names it; null: it does not take it.</summary>
    public string? Beta(string beta)
    {
        var name = _aliases.GetValueOrDefault(beta, beta);
        return _betas.Contains(name) ? name : null;
    }

    /// <summary>Whether nothing is lost without the beta.</summary>
    public bool IsIdle(string beta) => _idleBetas.Contains(beta);

    /// <summary>Members that go with the beta, those of members with a dot.</summary>
    public IEnumerable<string> FieldsOf(string beta) =>
        _fieldsOfBetas.Where(pair => pair.Key == beta || (pair.Key[^1] == '-' && beta.StartsWith(pair.Key, StringComparison.Ordinal))).SelectMany(pair => pair.Value);

    /// <summary>Whether tools of this type run at Anthropic only.</summary>
    public bool IsRefusedTool(string type) => Array.Exists(_refusedTools, start => type.StartsWith(start, StringComparison.Ordinal));

    private static InvokeRules Load()
    {
        using var resource = typeof(InvokeRules).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidDataException("The rules of Bedrock are not in the program.");
        return new InvokeRules(JsonSerializer.Deserialize<File>(resource, Json)!);
    }

    private sealed record File(
        string[] Betas,
        Dictionary<string, string> Aliases,
        string[] IdleBetas,
        Dictionary<string, string[]> FieldsOfBetas,
        string[] Dropped,
        string[] Idle,
        string[] Refused,
        string[] RefusedTools);
}
