using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Simulator;

namespace Gateway.Tests.Support;

/// <summary>One upstream account of the simulator, registered in a gateway, and an API key that reaches it and nothing else.</summary>
public sealed class Tenant
{
    private readonly HttpClient _admin;

    private Tenant(HttpClient admin, SimulatedAccount upstream, string group, long accountId, long apiKeyId, string key)
    {
        _admin = admin;
        Upstream = upstream;
        Group = group;
        AccountId = accountId;
        ApiKeyId = apiKeyId;
        Key = key;
    }

    /// <summary>The upstream's side.</summary>
    public SimulatedAccount Upstream { get; }

    /// <summary>The account group that only this tenant uses.</summary>
    public string Group { get; }

    public long AccountId { get; }

    public long ApiKeyId { get; }

    /// <summary>The secret of the API key.</summary>
    public string Key { get; }

    /// <param name="platform">As the management API names it.</param>
    public static Task<Tenant> OfAsync(string platform, HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null) =>
        CreateAsync(admin, simulator, platform, PrefixOf(platform), key, account);

    public static Task<Tenant> OpenAiAsync(HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null) =>
        OfAsync("openai", admin, simulator, key, account);

    public static Task<Tenant> ClaudeAsync(HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null) =>
        OfAsync("claude", admin, simulator, key, account);

    public static Task<Tenant> GeminiAsync(HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null) =>
        OfAsync("gemini", admin, simulator, key, account);

    /// <param name="entra">With an application of Microsoft Entra ID instead of a key.</param>
    /// <param name="apiVersion">Null: the v1 API.</param>
    public static Task<Tenant> AzureAsync(
        HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null, bool entra = false, string? apiVersion = null) =>
        CreateAsync(admin, simulator, "azure", CredentialPrefix.Azure, key, account, credential => entra
            ? new { tenant_id = "contoso.onmicrosoft.com", client_id = "11111111-2222-3333-4444-555555555555", client_secret = credential, api_version = apiVersion }
            : new { api_key = credential, api_version = apiVersion });

    public static Task<Tenant> ClaudeCcrAsync(HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null) =>
        OfAsync("claude_ccr", admin, simulator, key, account);

    public static Task<Tenant> BedrockAsync(HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null) =>
        OfAsync("bedrock", admin, simulator, key, account);

    /// <summary>Registers one more account in the tenant's group.</summary>
    public async Task<(SimulatedAccount Upstream, long AccountId)> AddAccountAsync(SimulatorServer simulator, string platform, object? more = null)
    {
        var upstream = simulator.NewAccount(PrefixOf(platform));
        return (upstream, await RegisterAsync(_admin, simulator, platform, upstream, Group, more, CredentialsOf(platform)));
    }

    /// <summary>The request's usage record, as soon as there is one: synced or not.</summary>
    public async Task<JsonElement> UsageRecordAsync(string? requestId = null)
    {
        JsonElement found = default;
        await Eventually.HoldsAsync(async () =>
        {
            var page = await _admin.GetDataAsync($"/api/admin/usage/records?api_key_id={ApiKeyId}");
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                if (requestId is null || item.GetProperty("request_id").GetString() == requestId)
                {
                    found = item;
                    return true;
                }
            }

            return false;
        });
        return found;
    }

    /// <summary>The newest request log of the key.</summary>
    public async Task<JsonElement> RequestLogAsync(string? requestId = null)
    {
        JsonElement found = default;
        await Eventually.HoldsAsync(async () =>
        {
            var filter = requestId is null ? "" : $"&request_id={requestId}";
            var page = await _admin.GetDataAsync($"/api/admin/request-logs?api_key_id={ApiKeyId}{filter}");
            found = page.GetProperty("items").EnumerateArray().FirstOrDefault();
            return found.ValueKind == JsonValueKind.Object;
        });
        return found;
    }

    /// <summary>A plain client that sends the key as OpenAI's do.</summary>
    public HttpClient CreateClient(GatewayServer gateway)
    {
        var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return client;
    }

    private static string PrefixOf(string platform) => platform switch
    {
        "claude" => CredentialPrefix.Claude,
        "claude_ccr" => CredentialPrefix.ClaudeOAuth,
        "gemini" => CredentialPrefix.Gemini,
        "azure" => CredentialPrefix.Azure,
        "bedrock" => CredentialPrefix.Bedrock,
        _ => CredentialPrefix.OpenAi,
    };

    private static async Task<Tenant> CreateAsync(
        HttpClient admin, SimulatorServer simulator, string platform, string prefix, object? key, object? account, Func<string, object>? credentials = null)
    {
        var upstream = simulator.NewAccount(prefix);
        var group = $"group-{Guid.NewGuid():N}";
        var accountId = await RegisterAsync(admin, simulator, platform, upstream, group, account, credentials ?? CredentialsOf(platform));
        var created = await admin.PostDataAsync("/api/admin/api-keys", Merge(new { name = group, account_group = group }, key));
        return new Tenant(admin, upstream, group, accountId, created.GetProperty("id").GetInt64(), created.GetProperty("key").GetString()!);
    }

    private static async Task<long> RegisterAsync(
        HttpClient admin, SimulatorServer simulator, string platform, SimulatedAccount upstream, string group, object? more, Func<string, object> credentials)
    {
        var body = Merge(
            new
            {
                name = $"{platform}-{upstream.Credential}-{Guid.NewGuid():N}",
                platform,
                base_url = simulator.Url.ToString(),
                credentials = credentials(upstream.Credential),
                group,
            },
            more);
        return (await admin.PostDataAsync("/api/admin/accounts", body)).GetProperty("id").GetInt64();
    }

    private static Func<string, object> CredentialsOf(string platform) => platform switch
    {
        "claude_ccr" => static credential => new { access_token = credential, refresh_token = $"refresh-{credential}", expires_at = "2099-01-01T00:00:00Z" },
        "bedrock" => static credential => new { region = "us-east-1", access_key_id = credential, secret_access_key = CredentialPrefix.BedrockSecret(credential) },
        _ => static credential => new { api_key = credential },
    };

    private static Dictionary<string, object?> Merge(object first, object? second)
    {
        var merged = new Dictionary<string, object?>();
        foreach (var source in new[] { first, second ?? new { } })
        {
            foreach (var property in JsonSerializer.SerializeToElement(source).EnumerateObject())
            {
                merged[property.Name] = property.Value;
            }
        }

        return merged;
    }
}

/// <summary>Bodies as clients write them.</summary>
public static class Bodies
{
    public static object Chat(string text, bool stream = false, string model = "gpt-5-mini") =>
        new { model, stream, messages = new[] { new { role = "user", content = text } } };

    public static object Message(string text, bool stream = false, string model = "claude-sonnet-4-5", int maxTokens = 100) =>
        new { model, stream, max_tokens = maxTokens, messages = new[] { new { role = "user", content = text } } };

    /// <summary>The id that the gateway gave a request.</summary>
    public static string RequestId(this HttpResponseMessage response) => response.Headers.GetValues("x-request-id").Single();

    public static string Invariant(this long number) => number.ToString(CultureInfo.InvariantCulture);

    public static Task<HttpResponseMessage> PostStreamAsync(this HttpClient client, string path, object body, CancellationToken cancellationToken) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
}
