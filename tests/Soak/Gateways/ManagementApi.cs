using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Benchmarks.Targets;

namespace Soak.Gateways;

/// <summary>The management API of whichever gateway runs.</summary>
internal sealed class ManagementApi(IReadOnlyList<GatewayNode> nodes) : IDisposable
{
    private const int MostTries = 20;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    public async Task LogInAsync(string password, CancellationToken cancellationToken)
    {
        var data = await SendAsync(HttpMethod.Post, "api/auth/login", new { username = "admin", password }, cancellationToken);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", data.GetProperty("token").GetString());
    }

    /// <returns>The reply's <c>data</c>.</returns>
    public Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<JsonElement> PutAsync(string path, object body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, path, body, cancellationToken);

    /// <param name="node">Whom to ask; null: any.</param>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken, GatewayNode? node = null) =>
        SendAsync(HttpMethod.Get, path, null, cancellationToken, node);

    /// <summary>All rows of a list that goes by cursor.</summary>
    public async Task<List<JsonElement>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var rows = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await GetAsync($"{path}?limit=200{(cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : "")}", cancellationToken);
            rows.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }

        return rows;
    }

    public void Dispose() => _client.Dispose();

    // A gateway may be killed while it answers; what is sent here may be sent twice.
    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken, GatewayNode? only = null)
    {
        for (var number = 1; ; number++)
        {
            var node = only ?? nodes.First(node => node.Url is not null);
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(node.Url!, path)) { Content = body is null ? null : JsonContent.Create(body) };
                using var response = await _client.SendAsync(request, cancellationToken);
                var reply = await response.Content.ReadAsStringAsync(cancellationToken);
                return response.IsSuccessStatusCode
                    ? JsonSerializer.Deserialize<JsonElement>(reply).GetProperty("data")
                    : throw new ServerFailedException($"Gateway {node.Number} answered {method} {path} with {(int)response.StatusCode}: {reply}");
            }
            catch (HttpRequestException exception)
            {
                if (number == MostTries)
                {
                    throw new ServerFailedException($"Gateway {node.Number} does not answer {method} {path}: {exception.Message}");
                }
            }

            await Task.Delay(BetweenTries, cancellationToken);
        }
    }
}
