using System.Text.Json;

namespace Simulator.Platforms.Gemini;

/// <summary>What the platform accepts as a conversation: roles, parts, calls that meet their responses, signatures.</summary>
internal static class ConversationRules
{
    private const string Placeholder = "skip_thought_signature_validator";

    private static readonly string[] Data = ["text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult"];

    private static readonly string[] PartMembers = [.. Data, "thought", "thoughtSignature", "videoMetadata"];

    public static ScriptedError? Check(JsonElement body, GeminiModel model)
    {
        var contents = body.Items("contents").ToArray();
        if (contents.Length == 0)
        {
            return GeminiErrors.Invalid("* GenerateContentRequest.contents: contents is not specified", "contents");
        }

        for (var i = 0; i < contents.Length; i++)
        {
            if (Content(contents[i], i) is { } wrong)
            {
                return wrong;
            }
        }

        return System(body) ?? Turns(contents) ?? Signatures(contents, model.IsThird);
    }

    private static ScriptedError? System(JsonElement body) => body.Member("systemInstruction") is { } system
        ? ContentRules.Unknown(system, "system_instruction", "role", "parts") ?? Parts(system, "system_instruction")
        : null;

    private static ScriptedError? Content(JsonElement content, int index)
    {
        var path = $"contents[{index}]";
        if (ContentRules.Unknown(content, path, "role", "parts") is { } unknown)
        {
            return unknown;
        }

        return content.Text("role") is null or "user" or "model"
            ? Parts(content, path)
            : GeminiErrors.Invalid("Please use a valid role: user, model.", path);
    }

    private static ScriptedError? Parts(JsonElement content, string path)
    {
        var parts = content.Items("parts").ToArray();
        return parts.Length == 0
            ? GeminiErrors.Invalid($"* GenerateContentRequest.{path}.parts: contents.parts must not be empty.", path)
            : parts.Select((part, i) => Part(part, $"{path}.parts[{i}]")).FirstOrDefault(error => error is not null);
    }

    private static ScriptedError? Part(JsonElement part, string path)
    {
        if (ContentRules.Unknown(part, path, PartMembers) is { } unknown)
        {
            return unknown;
        }

        if (Data.Count(name => part.Member(name) is not null) != 1)
        {
            return GeminiErrors.Invalid($"{path}: required oneof field 'data' must have one initialized field", path);
        }

        if (part.Member("inlineData") is { } media)
        {
            return ContentRules.Unknown(media, $"{path}.inline_data", "mimeType", "data", "displayName")
                ?? (media.Text("mimeType") is null || media.Text("data") is not { } data || !IsBase64(data) ? GeminiErrors.Invalid($"Invalid value at '{path}.inline_data'", path) : null);
        }

        if (part.Member("functionCall") is { } call)
        {
            return ContentRules.Unknown(call, $"{path}.function_call", "id", "name", "args")
                ?? (call.Text("name") is null || call.Member("args") is { ValueKind: not JsonValueKind.Object } ? GeminiErrors.Invalid($"Invalid value at '{path}.function_call'", path) : null);
        }

        return part.Member("functionResponse") is { } response
            ? ContentRules.Unknown(response, $"{path}.function_response", "id", "name", "response", "parts")
                ?? (response.Text("name") is not { Length: > 0 } ? GeminiErrors.Invalid($"{path}.function_response.name: Name cannot be empty.", path)
                    : response.Member("response") is not { ValueKind: JsonValueKind.Object } ? GeminiErrors.Invalid($"Invalid value at '{path}.function_response.response'", path) : null)
            : null;
    }

    private static ScriptedError? Turns(JsonElement[] contents)
    {
        for (var i = 0; i < contents.Length; i++)
        {
            var calls = Functions(contents[i], "functionCall");
            if (calls.Count > 0 && (contents[i].Text("role") != "model" || i == 0 || contents[i - 1].Text("role") == "model"))
            {
                return GeminiErrors.Invalid("Please ensure that function call turn comes immediately after a user turn or after a function response turn.");
            }

            var responses = Functions(contents[i], "functionResponse");
            var before = i > 0 ? Functions(contents[i - 1], "functionCall") : [];
            if (responses.Count > 0 && before.Count == 0)
            {
                return GeminiErrors.Invalid("Please ensure that function response turn comes immediately after a function call turn.");
            }

            if (before.Count > 0 && (responses.Count != before.Count || before.Zip(responses).Any(pair =>
                pair.First.Text("name") != pair.Second.Text("name") || (pair.First.Text("id") is { } id && id != pair.Second.Text("id")))))
            {
                return GeminiErrors.Invalid("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
            }
        }

        return null;
    }

    /// <summary>In the current turn, which begins behind the user's last words, the first call of each step carries what the model signed it with.</summary>
    /// <summary>A text that names its maker: Google's are opaque.</summary>
    private static bool IsOfAGateway(string signature) => Convert.FromBase64String(signature).AsSpan().StartsWith("gw1."u8);

    private static ScriptedError? Signatures(JsonElement[] contents, bool areNeeded)
    {
        var current = Array.FindLastIndex(contents, content => content.Text("role") != "model" && Functions(content, "functionResponse").Count == 0);
        for (var i = 0; i < contents.Length; i++)
        {
            foreach (var (part, index) in contents[i].Items("parts").Select((part, index) => (part, index)))
            {
                if (part.Text("thoughtSignature") is { } signature && signature != Placeholder && (!IsBase64(signature) || IsOfAGateway(signature)))
                {
                    return GeminiErrors.Invalid("Corrupted thought signature.", $"contents[{i}].parts[{index}]");
                }
            }

            var first = contents[i].Items("parts").FirstOrDefault(part => part.Member("functionCall") is not null);
            if (areNeeded && i > current && first.ValueKind == JsonValueKind.Object && first.Text("thoughtSignature") is null)
            {
                return GeminiErrors.Invalid(
                    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance.",
                    $"contents[{i}]");
            }
        }

        return null;
    }

    private static List<JsonElement> Functions(JsonElement content, string name) => [.. content.Items("parts").Select(part => part.Member(name)).OfType<JsonElement>()];

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);
}
