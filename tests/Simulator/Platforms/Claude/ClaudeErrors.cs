namespace Simulator.Platforms.Claude;

/// <summary>The platform's refusals; a message starts with the path of the member it is about.</summary>
internal static class ClaudeErrors
{
    public static ScriptedError Invalid(string message) => new(400) { Type = "invalid_request_error", Message = message };

    public static ScriptedError Missing(string path) => Invalid($"{path}: Field required");

    public static ScriptedError NotA(string kind, string path) => Invalid($"{path}: Input should be a valid {kind}");

    public static ScriptedError NotFound(string message) => new(404) { Type = "not_found_error", Message = message };

    public static ScriptedError Unauthorized(string message) => new(401) { Type = "authentication_error", Message = message };
}
