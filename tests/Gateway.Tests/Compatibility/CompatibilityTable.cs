using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Tests.Sdk;
using Gateway.Tests.Support;

namespace Gateway.Tests.Compatibility;

/// <summary>What becomes of every field on every platform, found by sending it through the conversion that requests go through.</summary>
internal static class CompatibilityTable
{
    private static readonly CapabilityTable Capabilities = new();

    /// <summary>The platforms' formats, with a model of each that takes every setting, and one that reasons.</summary>
    public static IReadOnlyList<(string Name, WireFormat Wire, Platform Platform, string Model, string ReasoningModel)> Columns { get; } =
    [
        ("OpenAI, Azure (Chat)", WireFormat.OpenAiChat, Platform.OpenAi, "gpt-4o", "gpt-5-mini"),
        ("OpenAI, Azure (Responses)", WireFormat.OpenAiResponses, Platform.OpenAi, "gpt-4o", "gpt-5.5"),
        ("Claude, Claude OAuth", WireFormat.Claude, Platform.Claude, "claude-sonnet-4-5", "claude-opus-4-8"),
        ("Gemini", WireFormat.Gemini, Platform.Gemini, "gemini-3-pro-preview", "gemini-3-pro-preview"),
        ("Bedrock (Converse)", WireFormat.BedrockConverse, Platform.Bedrock, "amazon.nova-2-lite-v1:0", "amazon.nova-2-lite-v1:0"),
    ];

    public static IReadOnlyList<(WireFormat Wire, string Name)> Clients { get; } =
    [
        (WireFormat.OpenAiChat, "OpenAI Chat Completions"), (WireFormat.OpenAiResponses, "OpenAI Responses"), (WireFormat.Claude, "Claude Messages"), (WireFormat.Gemini, "Gemini generateContent"),
    ];

    public static Fate Try(FieldCase field, int column)
    {
        var (_, wire, platform, plain, reasoning) = Columns[column];
        var model = field.Reasons ? reasoning : plain;
        if (field.Client == wire)
        {
            return Fate.Kept;
        }

        var (without, _, _, _) = Encode(field.Client, "", wire, platform, model);
        var (with, target, refusal, isEmulated) = Encode(field.Client, field.Members, wire, platform, model);
        return refusal is not null ? Fate.Refused
            : target!.Dropped.Count > 0 ? Fate.Weakened
            : with == without ? Fate.LeftOut
            : isEmulated ? Fate.Emulated
            : IsKept(field, with!) ? Fate.Kept
            : Fate.Changed;
    }

    /// <summary>The document's part that is made here.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder(ClientsMarkdown());
        foreach (var (client, name) in Clients)
        {
            text.Append("## ").Append(name).Append("\n\n| field |");
            foreach (var column in Columns)
            {
                text.Append(' ').Append(column.Name).Append(" |");
            }

            text.Append("\n| --- |").Append(string.Concat(Columns.Select(_ => " --- |"))).Append('\n');
            foreach (var field in FieldCases.All.Where(field => field.Client == client))
            {
                text.Append("| ").Append(field.Name).Append(" |");
                for (var column = 0; column < Columns.Count; column++)
                {
                    text.Append(' ').Append(Columns[column].Wire == client ? "as it is" : Word(Try(field, column))).Append(" |");
                }

                text.Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>Clients that go through every scenario on every platform, or the tests fail.</summary>
    private static string ClientsMarkdown()
    {
        var packages = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "sdk", "package.json")))!["dependencies"]!.AsObject();
        var names = SdkScenarios.Names;
        var text = new StringBuilder("## Clients\n\n");
        text.Append("The vendors' own clients, unmodified, with the number of scenarios that pass. The scenarios: ").Append(string.Join(", ", names)).Append(".\n\n| client |");
        foreach (var (platform, model) in SdkTests.Platforms)
        {
            text.Append($" {platform} ({model}) |");
        }

        text.Append("\n| --- |").Append(string.Concat(SdkTests.Platforms.Select(_ => " --- |"))).Append('\n');
        foreach (var client in SdkTests.Clients)
        {
            text.Append($"| {client}: {PackageOf(client)} {packages[PackageOf(client)]} |").Append(string.Concat(SdkTests.Platforms.Select(_ => $" {names.Count} of {names.Count} |"))).Append('\n');
        }

        return text.Append("\nThe .NET clients `OpenAI` and `Anthropic` are tested on every platform, too.\n\n").ToString();
    }

    private static string PackageOf(string client) => client switch
    {
        "anthropic" => "@anthropic-ai/sdk",
        "google-genai" => "@google/genai",
        "ai-openai" => "@ai-sdk/openai",
        "ai-anthropic" => "@ai-sdk/anthropic",
        "ai-google" => "@ai-sdk/google",
        _ => "openai",
    };

    public static string Word(Fate fate) => fate switch
    {
        Fate.Kept => "kept",
        Fate.Changed => "changed",
        Fate.Emulated => "emulated",
        Fate.LeftOut => "left out",
        Fate.Weakened => "weakened",
        _ => "refused",
    };

    private static (string? Sent, RequestTarget? Target, Failure? Refusal, bool IsEmulated) Encode(WireFormat client, string members, WireFormat wire, Platform platform, string model)
    {
        var body = JsonNode.Parse(client switch
        {
            WireFormat.OpenAiResponses => """{"model":"m","input":[{"role":"user","content":"hi"}]}""",
            WireFormat.Claude => """{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""",
            WireFormat.Gemini => """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""",
            _ => """{"model":"m","messages":[{"role":"user","content":"hi"}]}""",
        })!.AsObject();
        foreach (var member in JsonNode.Parse($"{{{members}}}")!.AsObject())
        {
            body[member.Key] = member.Value?.DeepClone();
        }

        var capabilities = Capabilities.Of(model);
        var target = new RequestTarget(platform, model, capabilities, capabilities.Vendor ?? "none", "any", strict: false, showReasoning: true);
        if (ClientCodec.Of(client).DecodeRequest(JsonElement.Parse(body.ToJsonString()), out var failure) is not { } request)
        {
            return (null, target, failure, false);
        }

        var codec = Codec.Of(wire);
        var isFetched = false;
        request = request with
        {
            Turns = [.. request.Turns.Select(turn => turn with { Blocks = [.. turn.Blocks.Select(Fetched)] })],
        };
        request = EmulatedOutput.Apply(request, target);
        var sent = Encoding.UTF8.GetString(codec.CreateRequestEncoder(request, target).Encode().Span);
        var isEmulated = isFetched || target.EmulatesOutput || (request.Tools.Any(tool => tool.IsCustom) && wire is not (WireFormat.OpenAiResponses or WireFormat.OpenAiChat));
        return (sent, target, target.Refusal, isEmulated);

        // Stands for the gateway's own fetching, which needs a network.
        Block Fetched(Block block)
        {
            if (block is not MediaBlock { Url: not null } media || codec.TakesUrl(media, target))
            {
                return block;
            }

            isFetched = true;
            return media with { Url = null, Base64 = media.Kind == MediaKind.Image ? "iVBORw0KGgoAAAANSUhEUg==" : "JVBERi0xLjcK" };
        }
    }

    /// <summary>Whether the platform's request has the same members with the same values.</summary>
    private static bool IsKept(FieldCase field, string sent)
    {
        var all = JsonNode.Parse(sent)!.AsObject();
        return JsonNode.Parse($"{{{field.Members}}}")!.AsObject().All(member => all.TryGetPropertyValue(member.Key, out var value) && JsonNode.DeepEquals(value, member.Value));
    }
}
