using System.Net;
using System.Net.Http.Json;
using Simulator;

namespace Gateway.Tests.Support;

/// <summary>A key with limits, and requests that cost a tenth of a cent each: 100 tokens of output at 10 USD a million, and input for nothing.</summary>
public static class LimitedTenant
{
    public const string Model = "gpt-4.1-nano";
    public const int MaxTokens = 100;
    public const decimal Cost = 0.001m;

    /// <summary>A key whose requests use as much as they reserve.</summary>
    public static async Task<Tenant> CreateAsync(HttpClient admin, SimulatorServer simulator, object? key = null, object? account = null)
    {
        await admin.PutDataAsync($"/api/admin/prices/openai/{Model}", new { prices = new { input = 0, output = 10 } });
        var tenant = await Tenant.OpenAiAsync(admin, simulator, key, account);
        tenant.Upstream.Default = ScriptedAnswer.Text("something").WithUsage(input: 10, output: MaxTokens);
        return tenant;
    }

    public static Task<HttpResponseMessage> AskAsync(HttpClient client, int maxTokens = MaxTokens, string model = Model) => client.PostAsJsonAsync(
        "/v1/chat/completions",
        new { model, max_tokens = maxTokens, messages = new[] { new { role = "user", content = "hello" } } },
        TestContext.Current.CancellationToken);

    public static async Task<HttpStatusCode> StatusAsync(HttpClient client, int maxTokens = MaxTokens)
    {
        using var response = await AskAsync(client, maxTokens);
        return response.StatusCode;
    }

    /// <summary>What the key has spent, once no request changes it any more.</summary>
    public static async Task<decimal> SpentAsync(HttpClient admin, Tenant tenant, decimal atLeast = 0)
    {
        decimal spent = -1;
        await Eventually.HoldsAsync(async () =>
        {
            var before = spent;
            spent = (await admin.GetDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}")).GetProperty("spent_usd").GetDecimal();
            return spent >= atLeast && spent == before;
        });
        return spent;
    }
}
