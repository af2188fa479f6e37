using System.Text.Json;

namespace Simulator.Platforms.OpenAi;

/// <summary>The platform's refusals; <c>code</c> and <c>param</c> are what clients go by.</summary>
internal static class OpenAiErrors
{
    public static ScriptedError Invalid(string message, string? param = null, string? code = null) =>
        new(400) { Type = "invalid_request_error", Message = message, Param = param, Code = code };

    public static ScriptedError Missing(string param) =>
        Invalid($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static ScriptedError WrongType(string param, string expected, JsonElement got) =>
        Invalid($"Invalid type for '{param}': expected {expected}, but got {Describe(got)} instead.", param, "invalid_type");

    public static ScriptedError UnknownModel(string model) => new(404)
    {
        Type = "invalid_request_error",
        Message = $"The model `{model}` does not exist or you do not have access to it.",
        Code = "model_not_found",
    };

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a decimal number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}
