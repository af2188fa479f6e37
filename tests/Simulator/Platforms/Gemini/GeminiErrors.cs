namespace Simulator.Platforms.Gemini;

/// <summary>The platform's refusals; clients go by the status and the wording.</summary>
internal static class GeminiErrors
{
    public static ScriptedError Invalid(string message, string? field = null) => new(400) { Type = "INVALID_ARGUMENT", Message = message, Param = field };

    public static ScriptedError UnknownName(string name, string path) =>
        Invalid($"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field.", path);

    public static ScriptedError UnknownModel(string model, string method) => new(404)
    {
        Type = "NOT_FOUND",
        Message = $"models/{model} is not found for API version v1beta, or is not supported for {method}.",
    };
}
