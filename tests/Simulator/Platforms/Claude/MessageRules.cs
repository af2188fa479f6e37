using System.Text.Json;

namespace Simulator.Platforms.Claude;

/// <summary>What the platform accepts as a message request. Unknown members are let through: the real platforms gain some.</summary>
internal static class MessageRules
{
    private const int MinThinkingBudgetTokens = 1024;
    private const int MaxCacheBreakpoints = 4;

    private static readonly string[] SamplingMembers = ["temperature", "top_p", "top_k"];

    private static readonly string[] NotCounted = ["max_tokens", "stream", .. SamplingMembers];

    public static ScriptedError? Check(Exchange exchange, JsonElement body, out ClaudeModel? model) =>
        Model(exchange, body, out model) ?? Check(body, model!);

    /// <summary>The same for a platform that knows its models by other names.</summary>
    public static ScriptedError? Check(JsonElement body, ClaudeModel model) =>
        MaxTokens(body, model) ?? Common(body, model) ?? Sampling(body, model)
            ?? ClaudeFields.Boolean(body, "stream") ?? StopSequences(body) ?? ThinkingLimit(body);

    /// <summary>Token counts take a message request without <c>max_tokens</c> and <c>stream</c>.</summary>
    public static ScriptedError? CheckForCount(Exchange exchange, JsonElement body) =>
        Model(exchange, body, out var model)
            ?? NotCounted.Where(name => body.TryGetProperty(name, out _))
                .Select(name => ClaudeErrors.Invalid($"{name}: Extra inputs are not permitted")).FirstOrDefault()
            ?? Common(body, model!);

    private static ScriptedError? Common(JsonElement body, ClaudeModel model) =>
        System(body) ?? ToolRules.Check(body, model) ?? Thinking(body, model) ?? ConversationRules.Check(body, model)
            ?? CacheBreakpoints(body);

    private static ScriptedError? Model(Exchange exchange, JsonElement body, out ClaudeModel? model)
    {
        model = null;
        if (!body.TryGetProperty("model", out var name))
        {
            return ClaudeErrors.Missing("model");
        }

        if (name.ValueKind != JsonValueKind.String)
        {
            return ClaudeErrors.NotA("string", "model");
        }

        if (!body.TryGetProperty("messages", out var messages))
        {
            return ClaudeErrors.Missing("messages");
        }

        if (messages.ValueKind != JsonValueKind.Array)
        {
            return ClaudeErrors.NotA("list", "messages");
        }

        model = ClaudeModel.Find(exchange, name.GetString()!);
        return model is null ? ClaudeErrors.NotFound($"model: {name.GetString()}") : null;
    }

    private static ScriptedError? MaxTokens(JsonElement body, ClaudeModel model)
    {
        if (!body.TryGetProperty("max_tokens", out var value))
        {
            return ClaudeErrors.Missing("max_tokens");
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var maxTokens))
        {
            return ClaudeErrors.NotA("integer", "max_tokens");
        }

        // Zero only warms the prompt cache.
        if (maxTokens < 0 || (maxTokens == 0 && body.IsTrue("stream")))
        {
            return ClaudeErrors.Invalid("max_tokens: Input should be greater than or equal to 1");
        }

        return maxTokens > model.MaxOutputTokens
            ? ClaudeErrors.Invalid(
                $"max_tokens: {maxTokens} > {model.MaxOutputTokens}, the maximum allowed number of output tokens for {model.Snapshot}")
            : null;
    }

    private static ScriptedError? Sampling(JsonElement body, ClaudeModel model)
    {
        if ((ClaudeFields.Number(body, "temperature", 0, 1) ?? ClaudeFields.Number(body, "top_p", 0, 1)
            ?? ClaudeFields.Integer(body, "top_k", 0)) is { } wrong)
        {
            return wrong;
        }

        var sent = SamplingMembers.Where(name => body.Member(name) is not null).ToArray();
        if (!model.TakesSampling)
        {
            var refused = sent.FirstOrDefault(name => name != "temperature" || body.GetProperty(name).GetDouble() is not 1);
            return refused is null ? null : ClaudeErrors.Invalid($"{refused}: is not supported by this model");
        }

        if (sent.Contains("temperature") && sent.Contains("top_p"))
        {
            return ClaudeErrors.Invalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
        }

        return ToolRules.IsThinking(body) && (sent.Contains("top_k") || body.Member("temperature")?.GetDouble() is not (null or 1))
            ? ClaudeErrors.Invalid("`temperature` may only be set to 1, and `top_k` not at all, when thinking is enabled.")
            : null;
    }

    private static ScriptedError? Thinking(JsonElement body, ClaudeModel model)
    {
        if (body.Member("thinking") is not { } thinking)
        {
            return null;
        }

        return (thinking.Text("type"), model.Thinking) switch
        {
            (null, _) => ClaudeErrors.Missing("thinking.type"),
            ("enabled", ThinkingRule.Adaptive or ThinkingRule.Always) =>
                ClaudeErrors.Invalid("thinking.type: \"enabled\" is not supported for this model. Use \"adaptive\"."),
            ("enabled", _) => thinking.Member("budget_tokens") is null
                ? ClaudeErrors.Missing("thinking.enabled.budget_tokens")
                : ClaudeFields.Integer(thinking, "budget_tokens", MinThinkingBudgetTokens, "thinking.enabled.budget_tokens"),
            ("adaptive", ThinkingRule.Budget) => ClaudeErrors.Invalid("thinking.type: \"adaptive\" is not supported for this model."),
            ("disabled", ThinkingRule.Always) => ClaudeErrors.Invalid("thinking.type: \"disabled\" is not supported for this model."),
            ("adaptive" or "disabled" or "between_tools", _) => null,
            _ => ClaudeErrors.Invalid("thinking.type: Input should be 'enabled', 'adaptive' or 'disabled'"),
        };
    }

    private static ScriptedError? ThinkingLimit(JsonElement body) =>
        body.Member("thinking") is { } thinking && thinking.Text("type") == "enabled"
        && thinking.GetProperty("budget_tokens").GetInt64() >= body.GetProperty("max_tokens").GetInt64()
            ? ClaudeErrors.Invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")
            : null;

    private static ScriptedError? System(JsonElement body) => body.Member("system") switch
    {
        null or { ValueKind: JsonValueKind.String } => null,
        { ValueKind: JsonValueKind.Array } blocks => blocks.EnumerateArray()
            .Select((block, i) => block.Text("type") == "text"
                ? BlockRules.Text(block, $"system.{i}")
                : ClaudeErrors.Invalid($"system.{i}.type: Input should be 'text'"))
            .FirstOrDefault(error => error is not null),
        _ => ClaudeErrors.NotA("list", "system"),
    };

    private static ScriptedError? StopSequences(JsonElement body) => body.Member("stop_sequences") switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)
            ? ClaudeErrors.NotA("string", "stop_sequences.0")
            : list.EnumerateArray().Any(item => string.IsNullOrWhiteSpace(item.GetString()))
                ? ClaudeErrors.Invalid("stop_sequences: each stop sequence must contain non-whitespace")
                : null,
        _ => ClaudeErrors.NotA("list", "stop_sequences"),
    };

    private static ScriptedError? CacheBreakpoints(JsonElement body)
    {
        var count = CountCacheControls(body);
        return count > MaxCacheBreakpoints
            ? ClaudeErrors.Invalid($"A maximum of {MaxCacheBreakpoints} blocks with cache_control may be provided. Found {count}.")
            : null;
    }

    private static int CountCacheControls(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Sum(CountCacheControls),
        JsonValueKind.Object => (element.Member("cache_control") is null ? 0 : 1)
            + element.EnumerateObject().Where(HoldsBlocks).Sum(member => CountCacheControls(member.Value)),
        _ => 0,
    };

    private static bool HoldsBlocks(JsonProperty member) => member.Name is "tools" or "system" or "messages" or "content";
}
