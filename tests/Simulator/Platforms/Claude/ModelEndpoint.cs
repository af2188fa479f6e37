using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Simulator.Http;

namespace Simulator.Platforms.Claude;

/// <summary>The models an account may use, paged by id.</summary>
internal static class ModelEndpoint
{
    private const int DefaultLimit = 20;

    public static WireAnswer List(Exchange exchange, ClaudeWire wire)
    {
        var query = QueryHelpers.ParseQuery(exchange.Request.Query);
        var limit = query.TryGetValue("limit", out var text) ? int.TryParse(text, out var number) ? number : 0 : DefaultLimit;
        var (afterId, beforeId) = (query.GetValueOrDefault("after_id"), query.GetValueOrDefault("before_id"));
        return limit is < 1 or > 1000
            ? Reply.Refuse(wire, exchange, ClaudeErrors.Invalid("limit: Input should be between 1 and 1000"))
            : Reply.Script(wire, Script(exchange), () => Page(exchange, limit, afterId, beforeId));
    }

    public static WireAnswer Get(Exchange exchange, ClaudeWire wire, string name) => ClaudeModel.Find(exchange, name) is { } model
        ? Reply.Script(wire, Script(exchange), () => Model(model))
        : Reply.Refuse(wire, exchange, ClaudeErrors.NotFound($"model: {name}"));

    private static ScriptedAnswer Script(Exchange exchange) =>
        exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();

    private static JsonObject Page(Exchange exchange, int limit, string? afterId, string? beforeId)
    {
        var all = ClaudeModel.Of(exchange).ToList();
        var candidates = beforeId is not null
            ? all.TakeWhile(model => model.Snapshot != beforeId).ToList()
            : all.Skip(afterId is null ? 0 : all.FindIndex(model => model.Snapshot == afterId) + 1).ToList();
        var page = (beforeId is not null ? candidates.TakeLast(limit) : candidates.Take(limit)).ToList();
        return new JsonObject
        {
            ["data"] = page.Select(Model).ToJsonArray(),
            ["has_more"] = candidates.Count > page.Count,
            ["first_id"] = page.FirstOrDefault()?.Snapshot,
            ["last_id"] = page.LastOrDefault()?.Snapshot,
        };
    }

    private static JsonObject Model(ClaudeModel model) => new()
    {
        ["type"] = "model",
        ["id"] = model.Snapshot,
        ["display_name"] = model.Name,
        ["created_at"] = "2025-09-29T00:00:00Z",
        ["max_input_tokens"] = model.MaxInputTokens,
        ["max_tokens"] = model.MaxOutputTokens,
        ["capabilities"] = null,
        ["lifecycle"] = "active",
        ["deprecated_at"] = null,
        ["retires_at"] = null,
        ["line"] = null,
    };
}
