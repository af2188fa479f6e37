using System.Net.Http.Headers;
using System.Text.Json;

namespace Gateway.Benchmarks.Targets;

/// <summary>The few calls of the gateway's management API that set it up.</summary>
internal sealed class ManagementApi(ServerProcess process) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = process.Url };

    public async Task LogInAsync(string username, string password, CancellationToken cancellationToken)
    {
        var data = await PostAsync("/api/auth/login", new { username, password }, cancellationToken);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", data.GetProperty("token").GetString());
    }

    public Task RegisterOpenAiAccountAsync(Uri upstream, string credential, CancellationToken cancellationToken) => PostAsync(
        "/api/admin/accounts",
        new { name = "upstream", platform = "openai", base_url = upstream, credentials = new { api_key = credential } },
        cancellationToken);

    /// <returns>The secret of a key without limits.</returns>
    public async Task<string> CreateApiKeyAsync(CancellationToken cancellationToken) =>
        (await PostAsync("/api/admin/api-keys", new { name = "benchmark" }, cancellationToken)).GetProperty("key").GetString()!;

    /// <summary>Waits until every request that has ended is in the database.</summary>
    public Task SyncAsync(CancellationToken cancellationToken) => PostAsync("/api/admin/sync", null, cancellationToken);

    /// <summary>How many requests the usage summary shows.</summary>
    public async Task<long> CountRequestsAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/admin/usage");
        return (await SendAsync(request, cancellationToken)).GetProperty("totals").GetProperty("requests").GetInt64();
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> PostAsync(string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        return await SendAsync(request, cancellationToken);
    }

    /// <returns>The reply's <c>data</c>.</returns>
    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            var reply = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize<JsonElement>(reply).GetProperty("data")
                : throw process.Failure($"answered {request.RequestUri} with {(int)response.StatusCode}: {reply}");
        }
        catch (HttpRequestException exception)
        {
            throw process.Failure($"does not answer {request.RequestUri}: {exception.Message}");
        }
    }
}
