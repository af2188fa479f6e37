using System.Text.Json;

namespace Simulator.Platforms.Gemini;

/// <summary>What a request asks, for the default answer and the default usage.</summary>
internal static class ContentPrompt
{
    public static Prompt Read(JsonElement body)
    {
        var contents = body.Items("contents").ToArray();
        var user = contents.LastOrDefault(content => content.Text("role") != "model" && Texts(content).Length > 0);
        var result = contents[^1].Items("parts").Select(part => part.Member("functionResponse")?.Member("response")).LastOrDefault(response => response is not null);
        return new Prompt(
            Words(body),
            user.ValueKind == JsonValueKind.Undefined ? "" : Texts(user),
            result is null || Texts(contents[^1]).Length > 0 ? null : result.Value.Text("output") ?? result.Value.GetRawText(),
            body.Items("tools").SelectMany(tool => tool.Items("functionDeclarations")).Select(tool => tool.Text("name")).FirstOrDefault());
    }

    public static int Words(JsonElement body) =>
        body.Items("contents").Append(body.Member("systemInstruction") ?? default).Sum(content => content.Items("parts").Sum(Count));

    private static string Texts(JsonElement content) => string.Concat(content.Items("parts").Select(part => part.Text("text")));

    private static int Count(JsonElement part) =>
        Platforms.Words.Count(part.Text("text") ?? "")
        + Platforms.Words.Count(part.Member("functionCall")?.Member("args")?.GetRawText() ?? "")
        + Platforms.Words.Count(part.Member("functionResponse")?.Member("response")?.Text("output") ?? "");
}
