using System.Net.Http.Headers;
using System.Text;
using Simulator;

namespace Gateway.Tests.Simulator;

/// <summary>Raw calls to the simulator, as an account of one of its platforms.</summary>
internal static class Upstream
{
    public const string Chat = "/v1/chat/completions";
    public const string Messages = "/v1/messages";
    public const string Hello = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello there"}]}""";
    public const string HelloStream = """{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello there"}]}""";
    public const string ClaudeHello =
        """{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello there"}]}""";
    public const string ClaudeHelloStream =
        """{"model":"claude-sonnet-4-5","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello there"}]}""";

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseCookies = false, ResponseDrainTimeout = TimeSpan.Zero });

    public static HttpRequestMessage Request(this SimulatorServer server, SimulatedAccount account, string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, path))
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (account.Credential.StartsWith(CredentialPrefix.Claude, StringComparison.Ordinal))
        {
            request.Headers.Add("x-api-key", account.Credential);
            request.Headers.Add("anthropic-version", "2023-06-01");
        }
        else if (account.Credential.StartsWith(CredentialPrefix.Gemini, StringComparison.Ordinal))
        {
            request.Headers.Add("x-goog-api-key", account.Credential);
        }
        else if (account.Credential.StartsWith(CredentialPrefix.Azure, StringComparison.Ordinal))
        {
            request.Headers.Add("api-key", account.Credential);
        }
        else
        {
            request.Headers.Add("Authorization", $"Bearer {account.Credential}");
        }

        return request;
    }

    /// <summary>Sends; the body is still on its way when this returns.</summary>
    public static Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken? cancellationToken = null) =>
        Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken ?? TestContext.Current.CancellationToken);

    public static Task<HttpResponseMessage> PostAsync(
        this SimulatorServer server, SimulatedAccount account, string path, string body, CancellationToken? cancellationToken = null) =>
        SendAsync(server.Request(account, path, body), cancellationToken);

    public static async Task<string> TextAsync(this HttpResponseMessage response) =>
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>What arrived until the connection broke; fails the test when it did not break.</summary>
    public static async Task<byte[]> ReadUntilResetAsync(this HttpResponseMessage response)
    {
        var received = new MemoryStream();
        await Should.ThrowAsync<HttpRequestException>(response.Content.CopyToAsync(received, TestContext.Current.CancellationToken));
        return received.ToArray();
    }
}
