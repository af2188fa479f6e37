namespace Simulator.Platforms.Bedrock;

/// <summary>The platform's refusals.</summary>
internal static class BedrockErrors
{
    public static ScriptedError Invalid(string message) => new(400) { Type = "ValidationException", Message = message };

    public static ScriptedError Model(string message) => Invalid($"The model returned the following errors: {message}");

    public static ScriptedError Forbidden(string type, string message) => new(403) { Type = type, Message = message };

    /// <summary>What a status is called when a script does not say.</summary>
    public static (string Type, string Message) Usual(int status) => status switch
    {
        400 => ("ValidationException", "The request is not valid."),
        403 => ("AccessDeniedException", "You don't have access to the model with the specified model ID."),
        404 => ("ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier."),
        408 => ("ModelTimeoutException", "The model did not answer in time."),
        424 => ("ModelErrorException", "The model failed."),
        429 => ("ThrottlingException", "Too many tokens, please wait before trying again."),
        503 => ("ServiceUnavailableException", "The service is unavailable."),
        _ => ("InternalServerException", "The server encountered an error."),
    };

    /// <summary>The name that the same exception has inside a stream.</summary>
    public static string InStream(string type) => char.ToLowerInvariant(type[0]) + type[1..];
}
