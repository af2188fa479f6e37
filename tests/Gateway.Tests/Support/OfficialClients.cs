#pragma warning disable OPENAI001 // OpenAI calls its newest API experimental in every release.

using System.ClientModel;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gateway.Tests.Support;

/// <summary>The vendors' own clients, as their users make them: with the gateway's address and a key of the tenant.</summary>
internal static class OfficialClients
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static ChatClient ChatClient(this Tenant tenant, GatewayServer gateway, string model) =>
        new(model, new ApiKeyCredential(tenant.Key), new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "v1") });

    public static ResponsesClient ResponsesClient(this Tenant tenant, GatewayServer gateway) =>
        new(new ApiKeyCredential(tenant.Key), new ResponsesClientOptions { Endpoint = new Uri(gateway.Url, "v1") });

    /// <summary>Validates each answer against its types.</summary>
    public static AnthropicClient AnthropicClient(this Tenant tenant, GatewayServer gateway) =>
        new() { ApiKey = tenant.Key, BaseUrl = gateway.Url.ToString().TrimEnd('/'), ResponseValidation = true };

    public static async Task<string> StreamedTextAsync(this ChatClient client, string question)
    {
        var text = "";
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage(question)], cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        return text;
    }

    public static async Task<string> StreamedTextAsync(this ResponsesClient client, CreateResponseOptions options)
    {
        options.StreamingEnabled = true;
        var text = "";
        await foreach (var update in await client.CreateResponseStreamingAsync(options, Cancel))
        {
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
        }

        return text;
    }

    public static async Task<string> StreamedTextAsync(this AnthropicClient client, MessageCreateParams request)
    {
        var text = "";
        await foreach (var update in client.Messages.CreateStreaming(request, Cancel))
        {
            text += update.Json.TryGetProperty("delta", out var delta) && delta.TryGetProperty("text", out var piece) ? piece.GetString() : "";
        }

        return text;
    }

    /// <summary>Asks for an answer whole and streamed, which must say the same.</summary>
    /// <returns>The text of both.</returns>
    public static async Task<string> WholeAndStreamedTextAsync(this AnthropicClient client, MessageCreateParams request)
    {
        var whole = await client.Messages.Create(request, Cancel);
        var streamed = await client.StreamedTextAsync(request);

        whole.Content.Single().TryPickText(out var text).ShouldBeTrue();
        whole.StopReason!.Raw().ShouldBe("end_turn");
        streamed.ShouldBe(text!.Text);
        return streamed;
    }
}
