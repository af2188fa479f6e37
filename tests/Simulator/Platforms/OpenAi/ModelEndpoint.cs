using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>The models an account may use.</summary>
internal static class ModelEndpoint
{
    private const int CreatedAt = 1715367049;

    public static WireAnswer List(Exchange exchange, OpenAiWire wire) => Reply.Script(wire, Script(exchange), () => new JsonObject
    {
        ["object"] = "list",
        ["data"] = OpenAiModel.Names(exchange).Select(Model).ToJsonArray(),
    });

    public static WireAnswer Get(Exchange exchange, OpenAiWire wire, string name) => OpenAiModel.Find(exchange, name) is null
        ? Reply.Refuse(wire, exchange, OpenAiErrors.UnknownModel(name))
        : Reply.Script(wire, Script(exchange), () => Model(name));

    private static ScriptedAnswer Script(Exchange exchange) =>
        exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();

    private static JsonObject Model(string id) =>
        new() { ["id"] = id, ["object"] = "model", ["created"] = CreatedAt, ["owned_by"] = "system" };
}
