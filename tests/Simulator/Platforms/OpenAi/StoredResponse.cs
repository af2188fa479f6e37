using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>A response that the platform keeps.</summary>
/// <param name="Whole">The response as JSON.</param>
/// <param name="Input">The items that it was made from, as JSON.</param>
internal sealed record StoredResponse(string Whole, string Input)
{
    public static void Keep(Exchange exchange, JsonObject response, JsonElement request)
    {
        var input = request.GetProperty("input");
        var items = input.ValueKind == JsonValueKind.String
            ? new JsonArray(new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = input.GetString() }) })
            : JsonNode.Parse(input.GetRawText())!;
        exchange.Account.Stored[response["id"]!.GetValue<string>()] = new StoredResponse(response.ToJsonString(), items.ToJsonString());
    }

    /// <param name="address">The id, and what follows it.</param>
    /// <returns>Null: there is no such call.</returns>
    public static WireAnswer? Answer(Exchange exchange, OpenAiWire wire, string address)
    {
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        var (id, part) = slash < 0 ? (address, "") : (address[..slash], address[slash..]);
        if (exchange.Account.Take(exchange.Request.Path, isGeneration: false) is { } script)
        {
            return Reply.Script(wire, script, () => new JsonObject());
        }

        if (!exchange.Account.Stored.TryGetValue(id, out var stored))
        {
            return Reply.Refuse(wire, exchange, new ScriptedError(404) { Type = "invalid_request_error", Message = $"Response with id '{id}' not found." });
        }

        return (exchange.Request.Method, part) switch
        {
            ("GET", "") => Reply.Json(wire, JsonNode.Parse(stored.Whole)!),
            ("DELETE", "") => Delete(exchange, wire, id),
            ("POST", "/cancel") => Reply.Refuse(wire, exchange, OpenAiErrors.Invalid("Cannot cancel a synchronous response.")),
            ("GET", "/input_items") => Reply.Json(wire, new JsonObject { ["object"] = "list", ["data"] = JsonNode.Parse(stored.Input), ["has_more"] = false }),
            _ => null,
        };
    }

    private static WireAnswer Delete(Exchange exchange, OpenAiWire wire, string id)
    {
        exchange.Account.Stored.TryRemove(id, out _);
        return Reply.Json(wire, new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true });
    }
}
