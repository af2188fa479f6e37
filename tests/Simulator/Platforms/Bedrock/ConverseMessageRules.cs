using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.Bedrock;

/// <summary>What Converse accepts as a conversation: roles that alternate, blocks of exactly one kind, results right behind their calls.</summary>
internal static partial class ConverseMessageRules
{
    private const int MaxImages = 20;
    private const int MaxImageBytes = 3_932_160;
    private const int MaxDocuments = 5;
    private const int MaxDocumentBytes = 4_718_592;

    private static readonly string[] UserBlocks = ["text", "image", "document", "video", "toolResult", "cachePoint", "guardContent", "searchResult"];
    private static readonly string[] AssistantBlocks = ["text", "toolUse", "reasoningContent", "cachePoint", "citationsContent", "image"];
    private static readonly string[] ResultBlocks = ["text", "json", "image", "document", "video", "searchResult"];

    public static ScriptedError? Check(JsonElement body, BedrockModel model)
    {
        var messages = body.Items("messages").ToArray();
        if (messages.Length == 0)
        {
            return BedrockErrors.Invalid("The messages field is required and must not be empty.");
        }

        var names = new HashSet<string>();
        var calls = Array.Empty<string>();
        for (var i = 0; i < messages.Length; i++)
        {
            var role = messages[i].Text("role");
            if (role != (i % 2 == 0 ? "user" : "assistant"))
            {
                return i == 0
                    ? BedrockErrors.Invalid("A conversation must start with a user message. Try again with a conversation that starts with a user message.")
                    : BedrockErrors.Invalid("A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.");
            }

            var content = messages[i].Items("content").ToArray();
            if (content.Length == 0)
            {
                return BedrockErrors.Invalid($"The content field in the Message object at messages.{i} is empty. Add a ContentBlock object to the content field and try again.");
            }

            if (content.Select((block, place) => Block(block, role == "user" ? UserBlocks : AssistantBlocks, $"messages.{i}.content.{place}", model, names)).FirstOrDefault(error => error is not null) is { } wrong)
            {
                return wrong;
            }

            if (content.Any(block => block.Member("document") is not null) && !content.Any(block => block.Member("text") is not null))
            {
                return BedrockErrors.Invalid("The message that holds a document must hold a text, too.");
            }

            if (role == "user" && Results(content, calls, i) is { } unmatched)
            {
                return unmatched;
            }

            calls = [.. content.Select(block => block.Member("toolUse")?.Text("toolUseId")).OfType<string>()];
        }

        return calls.Length > 0 ? Unanswered(messages.Length) : Amounts(messages);
    }

    private static ScriptedError? Results(JsonElement[] content, string[] calls, int index)
    {
        var results = content.Select(block => block.Member("toolResult")?.Text("toolUseId")).OfType<string>().ToArray();
        return results.Length > calls.Length ? BedrockErrors.Invalid(
                $"The number of toolResult blocks at messages.{index}.content exceeds the number of toolUse blocks of previous turn.")
            : !calls.Order().SequenceEqual(results.Order()) ? Unanswered(index)
            : null;
    }

    private static ScriptedError Unanswered(int index) => BedrockErrors.Invalid($"Expected toolResult blocks at messages.{index}.content for the toolUse blocks before.");

    private static ScriptedError? Amounts(JsonElement[] messages)
    {
        var blocks = messages.SelectMany(message => message.Items("content"))
            .SelectMany(block => block.Member("toolResult") is { } result ? result.Items("content").Prepend(block) : [block]).ToArray();
        return blocks.Count(block => block.Member("image") is not null) > MaxImages ? BedrockErrors.Invalid("too many images")
            : blocks.Count(block => block.Member("document") is not null) > MaxDocuments ? BedrockErrors.Invalid("too many documents")
            : null;
    }

    private static ScriptedError? Block(JsonElement block, string[] known, string path, BedrockModel model, HashSet<string> names)
    {
        if (block.ValueKind != JsonValueKind.Object || block.EnumerateObject().Count() != 1)
        {
            return BedrockErrors.Invalid($"{path}: a block has exactly one member.");
        }

        var (kind, value) = (block.EnumerateObject().Single().Name, block.EnumerateObject().Single().Value);
        if (!known.Contains(kind))
        {
            return BedrockErrors.Invalid($"{path}: {kind} is not allowed here.");
        }

        return kind switch
        {
            "text" => string.IsNullOrWhiteSpace(value.GetString())
                ? BedrockErrors.Invalid($"The text field in the ContentBlock object at {path} is blank. Add text to the text field, and try again.")
                : null,
            "image" => Image(value, path, model),
            "document" => Document(value, path, names),
            "toolUse" => ConverseRules.Unknown(value, path, "toolUseId", "name", "input")
                ?? (value.Text("toolUseId") is not { } id || !CallId().IsMatch(id) ? BedrockErrors.Invalid($"{path}.toolUse.toolUseId: must match [a-zA-Z0-9_.:-]{{1,64}}") : null)
                ?? (value.Text("name") is not { } name || !ToolName().IsMatch(name) ? BedrockErrors.Invalid($"{path}.toolUse.name: must match [a-zA-Z0-9_-]{{1,64}}") : null)
                ?? (value.Member("input") is not { ValueKind: JsonValueKind.Object } ? BedrockErrors.Invalid($"{path}.toolUse.input: must be an object") : null),
            "toolResult" => Result(value, path, model, names),
            "reasoningContent" => Reasoning(value, path),
            _ => null,
        };
    }

    private static ScriptedError? Result(JsonElement result, string path, BedrockModel model, HashSet<string> names)
    {
        if (ConverseRules.Unknown(result, path, "toolUseId", "content", "status") is { } unknown)
        {
            return unknown;
        }

        var content = result.Items("content").ToArray();
        return content.Length == 0 ? BedrockErrors.Invalid($"{path}.toolResult.content must not be empty.")
            : result.Text("status") is not (null or "success" or "error") ? BedrockErrors.Invalid($"{path}.toolResult.status is unknown.")
            : content.Select((block, place) => Block(block, ResultBlocks, $"{path}.toolResult.content.{place}", model, names)).FirstOrDefault(error => error is not null);
    }

    private static ScriptedError? Reasoning(JsonElement reasoning, string path)
    {
        if (reasoning.EnumerateObject().Count() != 1)
        {
            return BedrockErrors.Invalid($"{path}.reasoningContent has exactly one member.");
        }

        return reasoning.Member("redactedContent") is not null ? null
            : reasoning.Member("reasoningText") is { } text && text.Text("text") is not null && text.Text("signature") is { Length: > 0 } ? null
            : BedrockErrors.Invalid($"{path}.reasoningContent.reasoningText.signature: Field required");
    }

    private static ScriptedError? Image(JsonElement image, string path, BedrockModel model)
    {
        if (!model.TakesImages)
        {
            return BedrockErrors.Invalid("This model doesn't support the image content block that you provided.");
        }

        if (image.Text("format") is not ("png" or "jpeg" or "gif" or "webp") || Bytes(image) is not { } bytes)
        {
            return BedrockErrors.Invalid($"{path}.image: format is png, jpeg, gif or webp, and source has bytes.");
        }

        var shown = bytes.AsSpan() switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "png",
            [0xFF, 0xD8, 0xFF, ..] => "jpeg",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "gif",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "webp",
            _ => "",
        };
        return bytes.Length > MaxImageBytes ? BedrockErrors.Invalid("image exceeds 3.75 MB")
            : shown != image.Text("format") ? BedrockErrors.Invalid("Could not process image: the format does not match the bytes.")
            : null;
    }

    private static ScriptedError? Document(JsonElement document, string path, HashSet<string> names) =>
        document.Text("format") is not ("pdf" or "csv" or "doc" or "docx" or "xls" or "xlsx" or "html" or "txt" or "md") ? BedrockErrors.Invalid($"{path}.document.format is unknown.")
        : document.Text("name") is not { } name || !DocumentName().IsMatch(name) ? BedrockErrors.Invalid(
            "The file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.")
        : !names.Add(name) ? BedrockErrors.Invalid("Document names must be unique.")
        : Bytes(document) is not { } bytes || bytes.Length > MaxDocumentBytes ? BedrockErrors.Invalid($"{path}.document.source.bytes is missing or larger than 4.5 MB.")
        : null;

    private static byte[]? Bytes(JsonElement media) => media.Member("source")?.Member("bytes") is { ValueKind: JsonValueKind.String } text && text.TryGetBytesFromBase64(out var bytes) ? bytes : null;

    [GeneratedRegex("^[a-zA-Z0-9_.:-]{1,64}$")]
    private static partial Regex CallId();

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex ToolName();

    [GeneratedRegex(@"^(?!.{201})[A-Za-z0-9()\[\]-]+( [A-Za-z0-9()\[\]-]+)*$")]
    private static partial Regex DocumentName();
}
