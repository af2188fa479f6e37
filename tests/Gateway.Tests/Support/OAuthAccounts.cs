using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Simulator;

namespace Gateway.Tests.Support;

/// <summary>OAuth accounts at the simulator, and what their tests ask of both sides.</summary>
internal static class OAuthAccounts
{
    public const string TokenPath = "/v1/oauth/token";

    /// <summary>Gives the account of a tenant the tokens that are good now, with another end than they really have.</summary>
    /// <param name="endsInSeconds">Negative: the access token has ended.</param>
    public static Task SetTokensAsync(this Tenant tenant, HttpClient admin, int endsInSeconds, object? options = null, string? clientId = null) =>
        admin.PutDataAsync($"/api/admin/accounts/{tenant.AccountId}", new
        {
            credentials = new
            {
                access_token = tenant.Upstream.Tokens.AccessToken,
                refresh_token = tenant.Upstream.Tokens.RefreshToken,
                expires_at = DateTime.UtcNow.AddSeconds(endsInSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                client_id = clientId,
            },
            options = options ?? new { },
        });

    /// <summary>Calls of the token endpoint, oldest first.</summary>
    public static List<ReceivedRequest> TokenCalls(this Tenant tenant) => [.. tenant.Upstream.Requests.Where(request => request.Path == TokenPath)];

    /// <summary>The access tokens that messages came with, oldest first.</summary>
    public static List<string?> Bearers(this Tenant tenant) =>
        [.. tenant.Upstream.Requests.Where(request => request.Path == "/v1/messages").Select(request => request.Bearer())];

    /// <summary>Asks once, as a Claude client does.</summary>
    public static async Task<HttpStatusCode> AskAsync(this Tenant tenant, GatewayServer gateway)
    {
        using var client = tenant.CreateClaudeClient(gateway);
        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi"), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public static HttpClient CreateClaudeClient(this Tenant tenant, GatewayServer gateway)
    {
        var client = tenant.CreateClient(gateway);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        return client;
    }

    /// <summary>The account as the management API shows it.</summary>
    public static Task<System.Text.Json.JsonElement> AccountAsync(this Tenant tenant, HttpClient admin) => admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}");

    public static async Task<string?> StatusAsync(this Tenant tenant, HttpClient admin) => (await tenant.AccountAsync(admin)).GetProperty("status").GetString();
}
